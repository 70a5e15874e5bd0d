# shellcheck shell=sh
# A small app of two platforms for the end-to-end tests.

# new_app DIR: a repository with one commit on main.
new_app()
{
	git init -q -b main "$1"
	git -C "$1" config user.name Ada
	git -C "$1" config user.email ada@example.org
	mkdir -p "$1/ios" "$1/android/src/main/java"
	cat >"$1/ios/Session.swift" <<'EOF'
import Foundation

final class Session {
    func signIn(token: String) {
        self.token = token
    }
    private var token: String?
}
EOF
	cat >"$1/android/src/main/java/Rates.kt" <<'EOF'
package org.example

class Rates(private val client: Client) {
    fun latest() = client.get("https://rates.example.org/latest")
}
EOF
	echo 'A wallet.' >"$1/README.md"
	git -C "$1" add .
	git -C "$1" commit -q -m 'The app'
}

# The class of new_app(), now keeping its token where backups find it.
bad_session()
{
	cat <<'EOF'
import Foundation

final class Session {
    func signIn(token: String) {
        self.token = token
        UserDefaults.standard.set(token, forKey: "access_token")
    }
    private var token: String?
}
EOF
}
