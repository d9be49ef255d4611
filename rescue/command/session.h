/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the commands share: opening a session, text and JSON of the stages' products. */
#ifndef RESCUE_SESSION_H
#define RESCUE_SESSION_H

#include "command.h"

/* options.c: 0, or -EINVAL with a USAGE fault. name NULL until the command is known. */
int options_parse(struct options *ret, const struct command **ret_command, int argc,
		  char **argv, struct fault *f);
void options_done(struct options *o);
const struct command *command_find(const char *name);

/* session.c */
void session_done(struct session *s);
int session_locate(struct session *s, struct fault *f);
/* The one system of --system, of a first operand that names one, or the only one there is. */
int session_choose(struct session *s, struct system **ret, struct fault *f);
/* USAGE where operands are left over: they name no system here. */
int session_refuse_operands(const struct session *s, struct fault *f);
int session_choose_all(struct session *s, struct fault *f);
/* (Re)reads the patient's inventory, then judges it. */
int session_examine(struct session *s, struct patient *p, const struct verify_options *how,
		    struct fault *f);
void session_forget_offers(struct session *s);
/* Words for a remedy: "rescue restore SCOPE --system ID"; NULL: no memory. */
char *session_command_line(const struct session *s, const char *command, const char *system);
/* The first remedy among the worst findings, or NULL. */
const struct finding *session_next_step(const struct patient *p);

/* platform.c: --hardware, else this machine where it is the patient's; once. */
int session_read_platform(struct session *s, struct fault *f);
/* The devices that this system's root lies on. 0 or -ENOMEM. */
int session_mark_root(struct session *s, const struct system *system);
void platform_differences_done(struct platform_differences *list);

/* offers.c: a set as if restored; *ret is borrowed, until session_forget_offers. */
int session_judge_set(struct session *s, const struct package_set *set,
		      const struct verify_options *how, struct verification **ret,
		      struct fault *f);
/* v: of set. Adds to it which other set drives what this one leaves undriven. */
int session_note_offers(struct session *s, const struct package_set *set,
			struct verification *v, const struct verify_options *how,
			struct fault *f);
int session_rank_sets(struct session *s, const struct verify_options *how, struct fault *f);
/* The fault where the set is incompatible and that is not waived. */
int session_check_set(const struct session *s, const struct verification *v,
		      struct fault *f);

/* summary.c: every system on one screen. 0 or -ENOMEM. */
int text_summary(const struct session *s);

/* text.c: everything on standard output. */
void text_systems(const struct session *s);
void text_devices(const struct session *s);
void text_inventory(const struct session *s, const struct patient *p);
void text_findings(const struct session *s, const struct findings *fs);
void text_modules(const struct session *s, const struct patient *p);
void text_hardware(const struct patient *p);
void text_verdict(const struct session *s, const struct patient *p);
/* Standard error, one line: "rescue: warning: …". */
void print_warning(const char *format, ...) _printf_(1, 2);
bool is_colored(const struct session *s);
bool is_ascii(void);

/* json_*.c: members of the contract's objects. */
void json_findings(struct json *j, const struct findings *fs);
void json_landscape_findings(struct json *j, const struct session *s); /* of no system */
void json_fault(struct json *j, const struct fault *f);
void json_devices(struct json *j, const struct session *s);
/* "systems": of each patient its id and what members writes; null while none is known. */
void json_systems(struct json *j, const struct session *s, bool known,
		  void (*members)(struct json *j, const struct patient *p));
void json_system_place(struct json *j, const struct system *sys);
void json_system_inventory(struct json *j, const struct patient *p);
void json_system_verification(struct json *j, const struct patient *p);
void json_plan(struct json *j, const struct session *s);
void json_transactions(struct json *j, const struct session *s);
/* A time as RFC 3339 in UTC. */
void json_time(struct json *j, const char *key, int64_t seconds);
char *time_text(int64_t seconds, char text[24]);

/* confirm.c: 1 yes, 0 no; CONFIRMATION-NEEDED where nobody can be asked. */
int confirm(const struct session *s, const char *question, struct fault *f);
bool can_ask(const struct session *s);
/* What was looked at is not what would be written to: a journal is not replayed. */
bool is_provisional(const struct session *s, const struct system *sys);
void tell_provisional(const struct session *s, const struct system *sys);
/* Ctrl-C asks the transaction to stop at its next safe point. */
void catch_interrupts(void);
/* A bar on standard error, on a terminal only. */
struct progress progress_bar(const struct session *s);
void progress_bar_end(const struct session *s);

/* restore.c: what bare rescue offers to do. */
int restore_patient(struct session *s, struct system *sys, struct fault *f);

extern const struct command command_diagnose, command_locate, command_inventory,
	command_verify, command_restore, command_undo, command_history, command_package,
	command_initramfs, command_platform, command_help;

#endif
