/* SPDX-License-Identifier: GPL-2.0-or-later */
/* LVM2's text as a tree of sections and values, still without meaning. */
#ifndef RESCUE_FORMATS_LVM_CONFIG_H
#define RESCUE_FORMATS_LVM_CONFIG_H

#include "fault.h"

struct lvm_value {
	struct bytes text; /* of a string: between its quotes, escapes as they are */
	bool is_string;
};

/* name { … }, name = value or name = [ value, … ] */
struct lvm_node {
	struct bytes name;
	bool is_section;
	size_t end;	     /* index behind the section's last node; else its own + 1 */
	size_t first, count; /* of its values */
	unsigned line;
};

/* Nodes in the order of the text: those of a section follow it. Borrows the text. */
struct lvm_config {
	struct {
		struct lvm_node *items;
		size_t count, capacity;
	} nodes;
	struct {
		struct lvm_value *items;
		size_t count, capacity;
	} values;
};

#define LVM_CONFIG_TOP SIZE_MAX /* as a section: the whole text */

void lvm_config_done(struct lvm_config *c);
int lvm_config_parse(struct lvm_config *ret, struct bytes in, struct fault *f);

/* Walks a section: for (i = lvm_config_first(c, s); i < lvm_config_end(c, s); …) */
static inline size_t lvm_config_first(const struct lvm_config *c, size_t section)
{
	(void)c;
	return section == LVM_CONFIG_TOP ? 0 : section + 1;
}

static inline size_t lvm_config_end(const struct lvm_config *c, size_t section)
{
	return section == LVM_CONFIG_TOP ? c->nodes.count : c->nodes.items[section].end;
}

/* The section's own node of that name; SIZE_MAX: none. */
size_t lvm_config_find(const struct lvm_config *c, size_t section, const char *name);
/* A single number; false: absent, or none. */
bool lvm_config_number(
	const struct lvm_config *c, size_t section, const char *name, uint64_t *ret);
/* A single string, without escapes, that the caller frees. 0, -ENOENT or -ENOMEM. */
int lvm_config_text(
	const struct lvm_config *c, size_t section, const char *name, char **ret);
/* Is word one of the strings of that value? */
bool lvm_config_lists(const struct lvm_config *c, size_t section, const char *name,
	const char *word);
bool lvm_value_number(const struct lvm_value *v, uint64_t *ret);

#endif
