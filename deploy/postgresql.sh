# Sourced by run and test: make sure that Go and PostgreSQL's server programs are there.
# The places are those of internal/pgembed/find.go.
# shellcheck shell=sh

oldest_postgresql=15

say() { printf '%s\n' "$*" >&2; }

die() {
	say "$@"
	exit 1
}

need_go() {
	command -v go >/dev/null 2>&1 ||
		die "The program go is not found. Install Go 1.26 or newer from https://go.dev/dl/ and put its bin directory on PATH."
}

# True when the directory holds programs that are new enough.
has_postgresql() {
	[ -x "$1/postgres" ] && [ -x "$1/initdb" ] || return 1
	version=$("$1/postgres" --version 2>/dev/null | sed -n 's/.*) \([0-9][0-9]*\).*/\1/p')
	[ -n "$version" ] && [ "$version" -ge "$oldest_postgresql" ] || return 1
	# Fedora and RHEL have the extensions in a package of their own.
	[ "$1" != /usr/bin ] || [ ! -d /usr/share/pgsql ] || [ -e /usr/share/pgsql/extension/pg_trgm.control ]
}

find_postgresql() {
	if [ -n "${SEUTU_PG_BINDIR:-}" ]; then
		has_postgresql "$SEUTU_PG_BINDIR"
		return
	fi
	for dir in /usr/lib/postgresql/*/bin /usr/pgsql-*/bin /usr/bin \
		/opt/homebrew/opt/postgresql*/bin /usr/local/opt/postgresql*/bin \
		/home/linuxbrew/.linuxbrew/opt/postgresql*/bin \
		/Applications/Postgres.app/Contents/Versions/*/bin /usr/local/pgsql/bin; do
		if has_postgresql "$dir"; then return 0; fi
	done
	program=$(command -v postgres 2>/dev/null) && has_postgresql "$(dirname "$program")"
}

as_root() {
	if [ "$(id -u)" -eq 0 ]; then
		"$@"
	elif ! command -v sudo >/dev/null 2>&1; then
		die "Neither root nor sudo: as root, run: $*"
	elif sudo -n true 2>/dev/null; then
		sudo -n "$@"
	elif [ -t 0 ]; then
		say "To install PostgreSQL, sudo may ask for your password."
		sudo "$@"
	else
		die "sudo wants a password and nobody is there to give it: as root, run: $*"
	fi
}

install_with_apt() {
	# Debian's package would make and start a database of its own, which nobody asked for.
	# shellcheck disable=SC2016 # for the inner shell
	as_root sh -c '
		conf=/etc/postgresql-common/createcluster.conf
		[ -e "$conf" ] || { mkdir -p "${conf%/*}" && echo "create_main_cluster = false" >"$conf"; }'
	as_root apt-get update || say "Going on with the package lists that are there."
	as_root env DEBIAN_FRONTEND=noninteractive \
		apt-get install -y --no-install-recommends postgresql postgresql-contrib
}

install_postgresql() {
	for manager in apt-get dnf brew ''; do
		if command -v "$manager" >/dev/null 2>&1; then break; fi
	done
	[ -n "$manager" ] || return 0
	say "PostgreSQL $oldest_postgresql or newer is not installed; installing its server programs with $manager."
	# Their output goes to stderr: the caller's own may be piped somewhere.
	case $manager in
	apt-get) install_with_apt ;;
	dnf) as_root dnf install -y postgresql-server postgresql-contrib ;;
	brew) brew install postgresql@17 ;;
	esac >&2
}

need_postgresql() {
	if find_postgresql; then return; fi
	[ -z "${SEUTU_PG_BINDIR:-}" ] ||
		die "SEUTU_PG_BINDIR=$SEUTU_PG_BINDIR holds no postgres and initdb of PostgreSQL $oldest_postgresql or newer."
	if ! install_postgresql; then
		say "The installation failed."
	elif find_postgresql; then
		return
	fi
	die "PostgreSQL $oldest_postgresql or newer is needed: its server programs (postgres, initdb), contrib, built with ICU.
  Debian, Ubuntu   apt-get install postgresql postgresql-contrib
                   (before Debian 12 and Ubuntu 24.04: from https://www.postgresql.org/download/)
  Fedora           dnf install postgresql-server postgresql-contrib
  RHEL 8 and 9     dnf module enable postgresql:16, then the same
  Alpine           apk add postgresql17 postgresql17-contrib icu-data-full
  Arch             pacman -S postgresql
  macOS            brew install postgresql@17
Then set SEUTU_PG_BINDIR to the directory that has them if they are not found, or set
DATABASE_URL to a PostgreSQL database of your own."
}
