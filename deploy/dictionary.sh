# Sourced by run and test, after postgresql.sh: see to the Finnish dictionary that search reads words by. Seutu works without
# it, so whatever fails here is told and no more. The places are those of internal/finnish/dictionary.go.
# shellcheck shell=sh

find_dictionary() {
	case ${SEUTU_VOIKKO:-} in ?*) return 0 ;; esac # a file of one's own, or off
	for dir in /usr/lib /usr/share /usr/lib64 /opt/homebrew/lib /opt/homebrew/share /usr/local/lib /usr/local/share; do
		for variant in mor-standard mor-morpho; do
			if [ -f "$dir/voikko/5/$variant/mor.vfst" ]; then return 0; fi
		done
	done
	return 1
}

# Without asking anybody for a password.
install_dictionary() {
	if [ "$(id -u)" -eq 0 ]; then
		root=env
	elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
		root="sudo -n"
	else
		root=false
	fi
	if command -v apt-get >/dev/null 2>&1; then
		$root apt-get update -qq || :
		$root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends voikko-fi
	elif command -v dnf >/dev/null 2>&1; then
		$root dnf install -y -q voikko-fi
	elif command -v brew >/dev/null 2>&1; then
		brew install -q libvoikko
	else
		return 1
	fi
}

want_dictionary() {
	if find_dictionary; then return; fi
	install_dictionary >/dev/null 2>&1 || :
	if find_dictionary; then return; fi
	say "No Finnish dictionary: search goes by rules and finds fewer forms of words. To have it, install voikko-fi
(Debian, Ubuntu, Fedora), or libvoikko with Homebrew."
}
