# shellcheck shell=sh
# $work is of tap.sh, $ssh_port for those who source this.
# shellcheck disable=SC2034,SC2089,SC2090,SC2154
# An OpenSSH server of this test alone: on loopback, with keys made for it.

# start_sshd: sets $ssh_port and GIT_SSH_COMMAND; false if there is no sshd.
start_sshd()
{
	sshd=
	for place in /usr/sbin/sshd /usr/local/sbin/sshd /opt/homebrew/sbin/sshd; do
		test ! -x "$place" || sshd=$place
	done
	test -n "$sshd" || return 1
	test "$(id -u)" != 0 || mkdir -p /run/sshd || return 1
	ssh_port=$(python3 -c 'import socket
s = socket.socket()
s.bind(("127.0.0.1", 0))
print(s.getsockname()[1])')
	mkdir "$work/ssh" && chmod 700 "$work/ssh" &&
		ssh-keygen -q -t ed25519 -N '' -f "$work/ssh/host" &&
		ssh-keygen -q -t ed25519 -N '' -f "$work/ssh/key" || return 1
	cp "$work/ssh/key.pub" "$work/ssh/authorized"
	chmod 600 "$work/ssh/authorized"
	{ printf '[127.0.0.1]:%s ' "$ssh_port"; cat "$work/ssh/host.pub"; } >"$work/ssh/known"
	cat >"$work/ssh/config" <<-CONF
		ListenAddress 127.0.0.1:$ssh_port
		HostKey $work/ssh/host
		AuthorizedKeysFile $work/ssh/authorized
		PidFile none
		StrictModes no
		UsePAM no
		PasswordAuthentication no
		KbdInteractiveAuthentication no
		AcceptEnv GIT_PROTOCOL
	CONF
	"$sshd" -D -e -f "$work/ssh/config" 2>"$work/ssh/log" &
	sshd_pid=$!
	GIT_SSH_COMMAND="ssh -F none -i '$work/ssh/key' -o UserKnownHostsFile='$work/ssh/known' -o IdentitiesOnly=yes -o IdentityAgent=none"
	export GIT_SSH_COMMAND
	until_true grep -q "listening on" "$work/ssh/log"
}

stop_sshd()
{
	kill "$sshd_pid"
	wait "$sshd_pid"
}
