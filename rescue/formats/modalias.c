/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Device ids: classes by bus (include/linux/pci_ids.h, virtio_ids.h, hyperv.h), and names. */
#include "formats/modalias.h"

#include <ctype.h>

static const char *const class_names[] = {"storage", "network", "other"};

const char *device_class_name(enum device_class c)
{
	return class_names[c];
}

bool device_class_of_name(enum device_class *ret, const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(class_names); i++) {
		if (strcmp(name, class_names[i]) == 0) {
			*ret = (enum device_class)i;
			return true;
		}
	}
	return false;
}

/* What a modalias begins with, and what it must hold behind that. */
static const struct {
	const char *begin, *holds;
	enum device_class class;
} classes[] = {
	{"pci:", "bc01", CLASS_STORAGE},
	{"pci:", "bc02", CLASS_NETWORK},
	{"pci:", "bc0Csc04", CLASS_STORAGE}, /* Fibre Channel */
	{"virtio:d00000001", "", CLASS_NETWORK},
	{"virtio:d00000002", "", CLASS_STORAGE},
	{"virtio:d00000008", "", CLASS_STORAGE},
	{"vmbus:635161f83edfc546", "", CLASS_NETWORK},
	{"vmbus:d96361baa104294d", "", CLASS_STORAGE}, /* SCSI, then IDE, Fibre Channel */
	{"vmbus:32264132cb86a244", "", CLASS_STORAGE},
	{"vmbus:4acc9b2f6900f34a", "", CLASS_STORAGE},
	{"xen:vif", "", CLASS_NETWORK},
	{"xen:vbd", "", CLASS_STORAGE},
	{"scsi:t-0x00", "", CLASS_STORAGE},
	{"scsi:t-0x14", "", CLASS_STORAGE},
	{"mmc:block", "", CLASS_STORAGE},
	{"usb:", "ic08", CLASS_STORAGE},
	{"usb:", "ic02isc06", CLASS_NETWORK},
	{"usb:", "ic02isc0D", CLASS_NETWORK},
};

enum device_class modalias_class(const char *modalias)
{
	for (size_t i = 0; i < ARRAY_SIZE(classes); i++)
		if (text_starts(modalias, classes[i].begin) &&
			strstr(modalias, classes[i].holds))
			return classes[i].class;
	return CLASS_OTHER;
}

static const char vmware[] = "VMware", qemu[] = "QEMU", hyperv[] = "Hyper-V", xen[] = "Xen";

const struct known_card known_cards[] = {
	{"VMware vmxnet3", "pci:v000015ADd000007B0", "vmxnet3", vmware, CLASS_NETWORK},
	{"VMware vmxnet", "pci:v000015ADd00000720", NULL, vmware, CLASS_NETWORK},
	{"Intel 82545EM (e1000)", "pci:v00008086d0000100F", "e1000", vmware, CLASS_NETWORK},
	{"Intel 82574L (e1000e)", "pci:v00008086d000010D3", "e1000e", NULL, CLASS_NETWORK},
	{"Intel 82540EM (e1000)", "pci:v00008086d0000100E", "e1000", qemu, CLASS_NETWORK},
	{"AMD PCnet32", "pci:v00001022d00002000", "pcnet32", vmware, CLASS_NETWORK},
	{"virtio network", "virtio:d00000001", "virtio_net", qemu, CLASS_NETWORK},
	{"virtio network (PCI)", "pci:v00001AF4d00001000", "virtio_pci", qemu, CLASS_NETWORK},
	{"virtio network (PCI)", "pci:v00001AF4d00001041", "virtio_pci", qemu, CLASS_NETWORK},
	{"Realtek RTL-8139", "pci:v000010ECd00008139", "8139cp", qemu, CLASS_NETWORK},
	{"Hyper-V network", "vmbus:635161f83edfc546", "hv_netvsc", hyperv, CLASS_NETWORK},
	{"Xen network", "xen:vif", "xen_netfront", xen, CLASS_NETWORK},
	{"Amazon ENA", "pci:v00001D0Fd0000EC20", "ena", NULL, CLASS_NETWORK},
	{"Google gVNIC", "pci:v00001AE0d00000042", "gve", NULL, CLASS_NETWORK},
	{"VMware PVSCSI", "pci:v000015ADd000007C0", "vmw_pvscsi", vmware, CLASS_STORAGE},
	{"VMware SATA AHCI", "pci:v000015ADd000007E0", "ahci", vmware, CLASS_STORAGE},
	{"VMware NVMe", "pci:v000015ADd000007F0", "nvme", vmware, CLASS_STORAGE},
	{"LSI Logic parallel SCSI (53c1030)", "pci:v00001000d00000030", "mptspi", vmware,
		CLASS_STORAGE},
	{"LSI Logic SAS (SAS1068)", "pci:v00001000d00000054", "mptsas", vmware, CLASS_STORAGE},
	{"virtio disk", "virtio:d00000002", "virtio_blk", qemu, CLASS_STORAGE},
	{"virtio SCSI", "virtio:d00000008", "virtio_scsi", qemu, CLASS_STORAGE},
	{"virtio disk (PCI)", "pci:v00001AF4d00001001", "virtio_pci", qemu, CLASS_STORAGE},
	{"virtio disk (PCI)", "pci:v00001AF4d00001042", "virtio_pci", qemu, CLASS_STORAGE},
	{"virtio SCSI (PCI)", "pci:v00001AF4d00001004", "virtio_pci", qemu, CLASS_STORAGE},
	{"virtio SCSI (PCI)", "pci:v00001AF4d00001048", "virtio_pci", qemu, CLASS_STORAGE},
	{"Intel PIIX IDE", "pci:v00008086d00007010", "ata_piix", qemu, CLASS_STORAGE},
	{"Intel PIIX4 IDE", "pci:v00008086d00007111", "ata_piix", vmware, CLASS_STORAGE},
	{"Intel ICH9 SATA AHCI", "pci:v00008086d00002922", "ahci", qemu, CLASS_STORAGE},
	{"Hyper-V storage", "vmbus:d96361baa104294d", "hv_storvsc", hyperv, CLASS_STORAGE},
	{"Xen disk", "xen:vbd", "xen_blkfront", xen, CLASS_STORAGE},
	{"SCSI disk", "scsi:t-0x00", "sd_mod", NULL, CLASS_STORAGE},
	{0},
};

const struct known_card *modalias_card(const char *modalias)
{
	for (const struct known_card *card = known_cards; card->name; card++)
		if (text_starts(modalias, card->modalias))
			return card;
	return NULL;
}

static const struct {
	const char *id, *name, *hypervisor;
} makers[] = {
	{"15AD", "VMware", vmware}, {"1AF4", "virtio", qemu}, {"1B36", "QEMU", qemu},
	{"1234", "QEMU", qemu}, {"5853", "Xen", xen}, {"1414", "Microsoft", hyperv},
	{"8086", "Intel", NULL}, {"14E4", "Broadcom", NULL}, {"10EC", "Realtek", NULL},
	{"15B3", "Mellanox", NULL}, {"1000", "LSI/Broadcom", NULL}, {"1022", "AMD", NULL},
	{"1077", "QLogic", NULL}, {"10DF", "Emulex", NULL}, {"1425", "Chelsio", NULL},
	{"1D0F", "Amazon", NULL}, {"1AE0", "Google", NULL}, {"103C", "HP", NULL},
	{"1590", "HPE", NULL}, {"1028", "Dell", NULL}, {"9005", "Adaptec", NULL},
	{"144D", "Samsung", NULL}, {"1924", "Solarflare", NULL}, {"19E5", "Huawei", NULL},
	{"1D6A", "Aquantia", NULL}, {"1B4B", "Marvell", NULL}, {"177D", "Cavium", NULL},
	{"10DE", "NVIDIA", NULL},
};

/* The four last digits of v0000VVVV, or of d0000DDDD. */
static bool pci_id(const char *modalias, char mark, char ret[5])
{
	const char *at = text_starts(modalias, "pci:v") ? modalias + 4 : NULL;

	at = at && mark == 'd' ? strchr(at, 'd') : at;
	if (!at || strnlen(at, 9) < 9)
		return false;
	memcpy(ret, at + 5, 4);
	ret[4] = '\0';
	return true;
}

char *modalias_name(const char *modalias, enum device_class class)
{
	static const char *const things[] = {"storage controller", "network card", "device"};
	const struct known_card *card = modalias_card(modalias);
	char vendor[5], device[5];
	const char *maker = NULL;

	if (card)
		return strdup(card->name);
	if (!pci_id(modalias, 'v', vendor) || !pci_id(modalias, 'd', device))
		return text_printf("%s %.60s", things[class], modalias);
	for (size_t i = 0; i < ARRAY_SIZE(makers); i++)
		if (strcmp(makers[i].id, vendor) == 0)
			maker = makers[i].name;
	for (size_t i = 0; i < 4; i++) {
		vendor[i] = (char)tolower((unsigned char)vendor[i]);
		device[i] = (char)tolower((unsigned char)device[i]);
	}
	return text_printf("%s%s%s %s:%s", maker ? maker : "", maker ? " " : "", things[class],
		vendor, device);
}

const char *modalias_hypervisor(const char *modalias)
{
	char vendor[5];

	if (text_starts(modalias, "vmbus:"))
		return hyperv;
	if (text_starts(modalias, "xen:"))
		return xen;
	if (text_starts(modalias, "virtio:"))
		return qemu;
	if (!pci_id(modalias, 'v', vendor))
		return NULL;
	for (size_t i = 0; i < ARRAY_SIZE(makers); i++)
		if (strcmp(makers[i].id, vendor) == 0)
			return makers[i].hypervisor;
	return NULL;
}
