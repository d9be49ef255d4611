#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-or-later
#
# rename.pl OLD NEW image FILE | modules < LIST
# Give a kernel another release string of the same length, in place. Distribution kernels
# of the RPM world are called VERSION-RELEASE.ARCH; rpmbuild refuses a dependency on a
# name with two dashes as in 6.1.0-56-amd64. Renamed consistently (image, modules), the
# kernel boots, and says its new name with uname.
use strict;
use warnings;

my ($old, $new, $what, $file) = @ARGV;
die "rename.pl: names of different length\n" unless length($old) == length($new);

sub slurp {
	open my $in, '<:raw', $_[0] or die "$_[0]: $!\n";
	local $/;
	return scalar <$in>;
}

sub spill {
	open my $out, '>:raw', $_[0] or die "$_[0]: $!\n";
	print $out $_[1] or die "$_[0]: $!\n";
	close $out or die "$_[0]: $!\n";
}

# The signature at the end does not survive a change, and a wrong one is refused where
# none would be accepted: cut it off.
sub module {
	my $data = slurp($_[0]);
	my $magic = "~Module signature appended~\n";
	if (substr($data, -length $magic) eq $magic) {
		my $end = length($data) - length($magic);
		my $size = unpack 'N', substr($data, $end - 4, 4);
		$data = substr($data, 0, $end - 12 - $size);
	}
	$data =~ s/\Q$old\E/$new/g;
	spill($_[0], $data);
}

# bzImage: setup sectors, then the code that decompresses, with the payload inside. The
# size of the payload is compiled into that code, so the new one must not be longer; what
# follows its end is ignored.
sub image {
	my $data = slurp($_[0]);
	my $setup = (1 + (unpack('C', substr $data, 0x1f1, 1) || 4)) * 512;
	my ($offset, $length) = unpack 'VV', substr $data, 0x248, 8;
	my $payload = substr $data, $setup + $offset, $length;
	die "rename.pl: payload is not xz\n" unless $payload =~ /^\xfd7zXZ\0/;
	my $work = "$_[0].payload";
	spill($work, substr $payload, 0, -4);
	my $size = substr $payload, -4;
	my $kernel = `xz -dc $work` // '';
	die "rename.pl: cannot decompress\n" unless length $kernel == unpack 'V', $size;
	$kernel =~ s/\Q$old\E/$new/g;
	spill($work, $kernel);
	my $packed = `xz -c --check=crc32 --x86 --lzma2=dict=32MiB,nice=128 $work`;
	unlink $work;
	die "rename.pl: compressed kernel became longer\n" if length($packed) + 4 > $length;
	$packed .= "\0" x ($length - 4 - length $packed);
	substr($data, $setup + $offset, $length) = $packed . $size;
	$data =~ s/\Q$old\E/$new/g;
	spill($_[0], $data);
}

if ($what eq 'image') {
	image($file);
} else {
	while (my $name = <STDIN>) {
		chomp $name;
		module($name);
	}
}
