/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The smallest Linux kernel for BIOS, and boot sector: it tells the serial port its name and
 * its command line, "@NAME|COMMAND LINE|", and ends the machine. Its name stands at 0x100
 * for who starts the boot sector, at 0x3c0 for who starts the kernel (Linux:
 * Documentation/arch/x86/boot.rst).
 */
	.code16
	.globl	_start
_start:
	xorw	%ax, %ax
	movw	%ax, %ds
	movb	$'@', %al
	call	put
	movw	$0x7d00, %si
	call	puts
	movb	$'|', %al
	call	put
end:
	movb	$'\n', %al
	call	put
	movb	$0xfe, %al	/* the keyboard's controller resets the machine */
	outb	%al, $0x64
1:	hlt
	jmp	1b
puts:
	lodsb
	testb	%al, %al
	jz	1f
	call	put
	jmp	puts
1:	movb	$'|', %al
put:
	movb	%al, %ah
	movw	$0x3fd, %dx
1:	inb	%dx, %al
	testb	$0x20, %al
	jz	1b
	movb	%ah, %al
	movw	$0x3f8, %dx
	outb	%al, %dx
	ret
	.org	0x180
	.org	0x1f1
	.byte	1		/* sectors of set-up code */
	.org	0x1fe
	.word	0xaa55
	jmp	start
	.ascii	"HdrS"
	.word	0x0202		/* the protocol that brought cmd_line_ptr */
	.org	0x211
	.byte	1		/* LOADED_HIGH */
	.word	0
	.long	0x100000
	.org	0x228
cmd_line_ptr:
	.long	0
	.org	0x240
start:
	movw	%cs, %ax
	subw	$0x20, %ax	/* from here on as if the boot sector had been started */
	movw	%ax, %ds
	pushw	%ax
	pushw	$1f
	lret
1:	movb	$'@', %al
	call	put
	movw	$0x3c0, %si
	call	puts
	movl	cmd_line_ptr, %eax
	movw	%ax, %si
	andw	$15, %si
	shrl	$4, %eax
	movw	%ax, %ds
	call	puts
	jmp	end
	.org	0x400
	.fill	512
