#!/usr/bin/env python3
"""A GitHub for tests: what its REST API does with a pull, remembered.

Usage: github_server.py REPOSITORY.git EXCHANGES [STATE]. Serves the pulls of
acme/app, whose objects are in the bare repository, on a loopback port; prints
"ready PORT", ends with its input. Every exchange is a JSON line in EXCHANGES,
the end state goes to STATE when it changes, so that a test can look at both.

It is strict: what GitHub would refuse it refuses, and what nobody expects is
an exchange with status 599 that a test must not find. The test talks to it at
/_/: POST /_/pull {number, head_ref, ...}, /_/comment, /_/review, /_/fault
{match, times, status, body, headers, after, hang, cut}, /_/forget, /_/react,
/_/resolve, /_/status {sha, context, state, age} and /_/check {sha, name,
status, conclusion, age}: what a CI says, that many seconds ago, /_/app {public_key, id, lifetime}: it is an App's, too; /_/revoke
{before, always}: its tokens; GET /_/state.
"""
import base64
import hashlib
import json
import re
import subprocess
import sys
import tempfile
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

TOKENS = {"token-of-referee-0123456789": ("referee-bot", 900),
          "the-right-token": ("referee-bot", 900),  # git_server.py's, too
          "other-token-0123456789": ("referee-bot", 900),
          "token-of-eve-0123456789": ("eve", 666)}
PERMISSIONS = {"ada": "admin", "bob": "write", "eve": "read"}
REACTIONS = ("+1", "-1", "laugh", "confused", "heart", "hooray", "rocket",
             "eyes")
LIMIT = 65536
DATE = "2026-11-24T03:00:00Z"
MARK = "https://github.test"
lock = threading.RLock()


class Refused(Exception):
    def __init__(self, status, message, errors=None, headers=()):
        super().__init__(message)
        self.status, self.headers = status, headers
        self.reply = {"message": message,
                      "documentation_url": MARK + "/rest"}
        if errors:
            self.reply["errors"] = errors


def ago(seconds):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ",
                         time.gmtime(time.time() - seconds))


def links(names, base):
    return {name: base for name in names.split()}


def user(login, number):
    made = links("avatar_url events_url followers_url following_url gists_url "
                 "html_url organizations_url received_events_url repos_url "
                 "starred_url subscriptions_url url", MARK + "/" + login)
    made.update(login=login, id=number, node_id="U" + login, gravatar_id="",
                type="User", site_admin=False)
    return made


def repository(name):
    made = links("archive_url assignees_url blobs_url branches_url "
                 "collaborators_url comments_url commits_url compare_url "
                 "contents_url contributors_url deployments_url downloads_url "
                 "events_url forks_url git_commits_url git_refs_url "
                 "git_tags_url hooks_url html_url issue_comment_url "
                 "issue_events_url issues_url keys_url labels_url "
                 "languages_url merges_url milestones_url notifications_url "
                 "pulls_url releases_url stargazers_url statuses_url "
                 "subscribers_url subscription_url tags_url teams_url "
                 "trees_url url clone_url git_url ssh_url svn_url",
                 MARK + "/" + name)
    made.update(id=1, node_id="R", name=name.split("/")[1], full_name=name,
                owner=user(name.split("/")[0], 5), private=True, fork=False,
                description=None, default_branch="main", forks=0,
                forks_count=0, has_downloads=True, has_issues=True,
                has_projects=False, has_wiki=False, has_pages=False,
                homepage=None, language=None, archived=False, disabled=False,
                mirror_url=None, open_issues=0, open_issues_count=0,
                license=None, pushed_at=DATE, size=1, stargazers_count=0,
                watchers=0, watchers_count=0, created_at=DATE,
                updated_at=DATE, has_discussions=False)
    return made


def unpad(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


class Application:
    """A GitHub App that is installed on acme/app."""

    def __init__(self, public_key, number, lifetime):
        self.public_key, self.number = public_key, number
        self.lifetime, self.tokens = lifetime, {}

    def check(self, jwt):
        """Refuses what GitHub would."""
        try:
            head, claims, signature = jwt.split(".")
            kind, said = json.loads(unpad(head)), json.loads(unpad(claims))
        except ValueError:
            raise Refused(401, "A JSON web token could not be decoded") \
                from None
        with tempfile.NamedTemporaryFile() as file:
            file.write(unpad(signature))
            file.flush()
            good = subprocess.run(
                ["openssl", "dgst", "-sha256", "-verify", self.public_key,
                 "-signature", file.name], check=False, capture_output=True,
                input=(head + "." + claims).encode()).returncode == 0
        now = time.time()
        if kind.get("alg") != "RS256" or not good:
            raise Refused(401, "the signature is wrong")
        if str(said.get("iss")) != str(self.number):
            raise Refused(401, "no such issuer")
        if not said["iat"] <= now < said["exp"] or said["exp"] - now > 600:
            raise Refused(401, "'Expiration time' claim is wrong")

    def show(self):
        made = {"id": self.number, "node_id": "A", "slug": "referee-app",
                "owner": user("acme", 5), "name": "referee",
                "description": None, "external_url": MARK, "html_url": MARK,
                "created_at": DATE, "updated_at": DATE,
                "permissions": {"checks": "write"}, "events": []}
        return made

    def installation(self):
        made = links("access_tokens_url html_url repositories_url", MARK)
        made.update(id=4711, app_id=self.number, app_slug="referee-app",
                    target_id=5, target_type="Organization",
                    single_file_name=None, repository_selection="all",
                    events=[], account=user("acme", 5),
                    permissions={"checks": "write"}, created_at=DATE,
                    updated_at=DATE, suspended_by=None, suspended_at=None)
        return made

    def revoke(self):
        self.tokens = dict.fromkeys(self.tokens, 0)

    def new_token(self):
        token = "ghs_of_the_app_%d" % (len(self.tokens) + 1)
        self.tokens[token] = time.time() + self.lifetime
        return {"token": token, "expires_at": ago(-self.lifetime)}


class Hub:
    def __init__(self, git_dir, state_path):
        self.app, self.checks, self.revoking = None, [], {}
        self.git_dir, self.state_path = git_dir, state_path
        self.next_id = 1000
        self.pulls, self.comments, self.reviews = {}, [], []
        self.lines, self.statuses, self.reactions = [], [], []
        self.threads, self.faults = {}, []

    def number(self):
        self.next_id += 1
        return self.next_id

    def git(self, *words):
        return subprocess.run(["git", "-C", self.git_dir, *words], check=True,
                              capture_output=True, text=True).stdout

    def now(self):
        """Later than whatever was before."""
        self.next_id += 1
        return "2026-11-24T%02d:%02d:%02dZ" % (
            self.next_id // 3600 % 24, self.next_id // 60 % 60,
            self.next_id % 60)

    def touch(self, number):
        now = self.now()
        if number in self.pulls:
            self.pulls[number]["updated"] = now
        return now

    def state(self):
        return {"pulls": list(self.pulls.values()), "comments": self.comments,
                "reviews": self.reviews, "lines": self.lines,
                "statuses": self.statuses, "checks": self.checks,
                "tokens": list(self.app.tokens) if self.app else [],
                "reactions": self.reactions,
                "threads": list(self.threads.values())}

    def save(self):
        if self.state_path:
            with open(self.state_path, "w", encoding="utf-8") as file:
                json.dump(self.state(), file, indent=1)

    def pull(self, number):
        pull = self.pulls.get(int(number))
        if not pull:
            raise Refused(404, "Not Found")
        return pull

    def head(self, pull):
        return pull.get("sha") or self.git(
            "rev-parse", "refs/pull/%d/head" % pull["number"]).strip()

    def base(self, pull):
        return self.git("rev-parse", "refs/heads/" + pull["base_ref"]).strip()

    def show_pull(self, pull, full):
        at = "%s/acme/app/pull/%d" % (MARK, pull["number"])
        author = user(pull["author"], pull["author_id"])
        made = links("url html_url diff_url patch_url issue_url commits_url "
                     "review_comments_url review_comment_url comments_url "
                     "statuses_url", at)
        side = {"user": author, "label": "x"}
        names = "comments commits statuses html issue review_comments " \
                "review_comment self"
        made.update(
            id=pull["number"], node_id="P%d" % pull["number"],
            number=pull["number"], state=pull["state"], locked=False,
            title=pull["title"], user=author, body=pull["body"],
            labels=[{"id": 1, "node_id": "B", "url": at, "name": name,
                     "description": "", "color": "ff0000",
                     "default": False} for name in pull["labels"]],
            milestone=None, created_at=DATE,
            updated_at=pull["updated"], merge_commit_sha=pull.get("merge"),
            closed_at=None if pull["state"] == "open" else DATE,
            merged_at=DATE if pull.get("merge") else None, assignee=None,
            assignees=[], requested_reviewers=[], requested_teams=[],
            head=dict(side, ref=pull["head_ref"], sha=self.head(pull),
                      repo=repository(pull["head_repository"])),
            base=dict(side, ref=pull["base_ref"], sha=self.base(pull),
                      repo=repository("acme/app")),
            _links={name: {"href": at} for name in names.split()},
            author_association="MEMBER", auto_merge=None,
            draft=pull["draft"])
        if full:
            made.update(additions=1, changed_files=1, comments=0, commits=1,
                        deletions=0, mergeable=None,
                        mergeable_state="unknown",
                        merged=bool(pull.get("merge")), merged_by=None,
                        maintainer_can_modify=False, review_comments=0)
        return made

    def show_comment(self, comment):
        at = "%s/acme/app/pull/%d#issuecomment-%d" % (
            MARK, comment["pull"], comment["id"])
        return {"id": comment["id"], "node_id": "C", "html_url": at,
                "issue_url": at, "url": at, "body": comment["body"],
                "user": user(*comment["by"]), "created_at": DATE,
                "updated_at": comment["updated"],
                "author_association": "MEMBER"}

    def show_review(self, review):
        at = "%s/acme/app/pull/%d#review" % (MARK, review["pull"])
        made = {"id": review["id"], "node_id": "V", "html_url": at,
                "pull_request_url": at, "body": review["body"],
                "user": user(*review["by"]), "state": review["state"],
                "commit_id": review["commit"],
                "author_association": "MEMBER",
                "_links": {"html": {"href": at}, "pull_request": {"href": at}}}
        if review["state"] != "PENDING":
            made["submitted_at"] = DATE
        return made

    def show_line(self, line):
        at = "%s/acme/app/pull/%d#discussion_r%d" % (MARK, line["pull"],
                                                     line["id"])
        made = {"id": line["id"], "node_id": "L", "url": at, "html_url": at,
                "pull_request_url": at, "body": line["body"],
                "user": user(*line["by"]), "path": line["path"],
                "diff_hunk": "@@", "position": 1, "original_position": 1,
                "commit_id": line["commit"],
                "original_commit_id": line["commit"],
                "pull_request_review_id": line["review"],
                "author_association": "MEMBER", "created_at": DATE,
                "updated_at": line["updated"],
                "reactions": self.show_rollup(line["id"]),
                "_links": {"self": {"href": at}, "html": {"href": at},
                           "pull_request": {"href": at}}}
        return made

    def show_rollup(self, number):
        mine = [r["content"] for r in self.reactions
                if r["comment"] == number]
        made = {name: mine.count(name) for name in REACTIONS}
        made.update(url=MARK, total_count=len(mine))
        return made

    def commentable(self, pull, path):
        """Lines of the new side by hunk."""
        text = self.git("diff", "-M", "--no-color", "%s...%s" % (
            self.base(pull), self.head(pull)), "--", path)
        hunks = []
        for line in text.split("\n"):
            at = re.match(r"@@ -\S+ \+(\d+)(?:,(\d+))? @@", line)
            if at:
                start, count = int(at[1]), int(at[2] or 1)
                hunks.append(range(start, start + count))
        return hunks

    def check_line(self, pull, line):
        known = {"path", "body", "line", "side", "start_line", "start_side"}
        if set(line) - known or not line.get("body"):
            raise Refused(422, "Unprocessable Entity", ["bad comment"])
        hunks = self.commentable(pull, line["path"])
        if not hunks:
            raise Refused(422, "Unprocessable Entity",
                          ["Pull request review thread path is invalid"])
        last = line["line"]
        first = line.get("start_line", last)
        if not any(last in hunk for hunk in hunks):
            raise Refused(422, "Unprocessable Entity", [
                "Pull request review thread line must be part of the diff"])
        if "start_line" in line and first >= last:
            raise Refused(422, "Unprocessable Entity",
                          ["start_line must precede the end line."])
        if not any(last in hunk and first in hunk for hunk in hunks):
            raise Refused(422, "Unprocessable Entity", [
                "start line must be part of the same hunk as the line"])


def check_body(body):
    if not body:
        raise Refused(422, "Validation Failed", ["body can't be blank"])
    if len(body) > LIMIT:
        raise Refused(422, "Validation Failed", [
            "body is too long (maximum is 65536 characters)"])


class Api:
    """What each route does: hub, who asks, matched parts, query, body."""

    def __init__(self, hub):
        self.hub = hub
        repo = r"/repos/acme/app"
        self.routes = [
            ("GET", r"/user", self.me),
            ("GET", r"/app", self.show_app),
            ("GET", repo + r"/installation", self.installation),
            ("POST", r"/app/installations/(\d+)/access_tokens",
             self.app_token),
            ("POST", repo + r"/check-runs", self.add_check),
            ("GET", repo + r"/commits/([0-9a-f]{40})/check-runs",
             self.list_checks),
            ("GET", repo + r"/commits/([0-9a-f]{40})/status",
             self.combined_status),
            ("GET", repo + r"/pulls", self.list_pulls),
            ("POST", repo + r"/pulls", self.open_pull),
            ("GET", repo + r"/pulls/(\d+)", self.get_pull),
            ("GET", repo + r"/pulls/(\d+)/reviews", self.list_reviews),
            ("POST", repo + r"/pulls/(\d+)/reviews", self.add_review),
            ("DELETE", repo + r"/pulls/(\d+)/reviews/(\d+)", self.drop_review),
            ("GET", repo + r"/pulls/(\d+)/reviews/(\d+)/comments",
             self.review_lines),
            ("GET", repo + r"/issues/(\d+)/comments", self.list_comments),
            ("POST", repo + r"/issues/(\d+)/comments", self.add_comment),
            ("GET", repo + r"/issues/comments", self.all_comments),
            ("PATCH", repo + r"/issues/comments/(\d+)", self.edit_comment),
            ("POST", repo + r"/issues/comments/(\d+)/reactions", self.react),
            ("GET", repo + r"/pulls/(\d+)/comments", self.pull_lines),
            ("GET", repo + r"/pulls/comments/(\d+)/reactions",
             self.list_reactions),
            ("POST", repo + r"/statuses/([0-9a-f]{40})", self.add_status),
            ("GET", repo + r"/collaborators/([^/]+)/permission",
             self.permission),
            ("POST", r"/graphql", self.graphql),
        ]

    def me(self, who, _parts, _query, _body):
        made = user(*who)
        made.update(name=None, company=None, blog=None, location=None,
                    email=None, hireable=None, bio=None, public_repos=0,
                    public_gists=0, followers=0, following=0,
                    created_at=DATE, updated_at=DATE)
        return 200, made

    def show_app(self, _who, _parts, _query, _body):
        return 200, self.hub.app.show()

    def installation(self, _who, _parts, _query, _body):
        return 200, self.hub.app.installation()

    def app_token(self, _who, parts, _query, _body):
        if parts[0] != "4711":
            raise Refused(404, "Not Found")
        return 201, self.hub.app.new_token()

    def add_check(self, who, _parts, _query, body):
        if who[1] != 901:
            raise Refused(403, "You must authenticate via a GitHub App.")
        notes = body.get("output", {}).get("annotations", [])
        if len(notes) > 50 or any(
                note["start_line"] > note["end_line"] for note in notes):
            raise Refused(422, "Invalid request.")
        check = dict(body, id=self.hub.number())
        self.hub.checks.append(check)
        return 201, self.show_check(check)

    def show_check(self, check):
        said = check.get("output", {})
        output = {"title": said.get("title"), "summary": said.get("summary"),
                  "text": None, "annotations_url": MARK,
                  "annotations_count": len(said.get("annotations", []))}
        at = check.get("at", DATE)
        return {
            "id": check["id"], "node_id": "K", "head_sha": check["head_sha"],
            "name": check["name"], "url": MARK, "html_url": MARK,
            "details_url": check.get("details_url"),
            "status": check["status"], "conclusion": check.get("conclusion"),
            "started_at": at,
            "completed_at": at if check.get("conclusion") else None,
            "external_id": None, "check_suite": {"id": 1}, "output": output,
            "app": self.hub.app.show() if self.hub.app else None,
            "pull_requests": []}

    def check_commit(self, sha):
        try:
            self.hub.git("cat-file", "-e", sha + "^{commit}")
        except subprocess.CalledProcessError:
            raise Refused(422, "No commit found for SHA: " + sha) from None

    def list_checks(self, _who, parts, _query, _body):
        """The latest of each name."""
        self.check_commit(parts[0])
        latest = {c["name"]: c for c in self.hub.checks
                  if c["head_sha"] == parts[0]}
        return 200, {"total_count": len(latest),
                     "check_runs": [self.show_check(c)
                                    for c in latest.values()]}

    def combined_status(self, _who, parts, _query, _body):
        self.check_commit(parts[0])
        latest = {s["context"].lower(): s for s in self.hub.statuses
                  if s["sha"] == parts[0]}
        states = {s["state"] for s in latest.values()}
        state = ("failure" if states & {"error", "failure"} else
                 "success" if states == {"success"} else "pending")
        return 200, {"state": state, "sha": parts[0],
                     "total_count": len(latest), "url": MARK,
                     "commit_url": MARK, "repository": repository("acme/app"),
                     "statuses": [self.show_status(s)
                                  for s in latest.values()]}

    def list_pulls(self, _who, _parts, query, _body):
        if query.get("state") != "open":
            raise Refused(422, "only open ones are ever asked for")
        pulls = [p for p in self.hub.pulls.values() if p["state"] == "open"]
        pulls.sort(key=lambda p: (p["updated"], p["number"]), reverse=True)
        return 200, [self.hub.show_pull(p, False) for p in pulls]

    def open_pull(self, who, _parts, _query, body):
        hub = self.hub
        for name in (body["head"], body["base"]):
            try:
                hub.git("rev-parse", "--verify", "-q", "refs/heads/" + name)
            except subprocess.CalledProcessError:
                raise Refused(422, "Validation Failed", [
                    "no branch " + name]) from None
        if any(p["state"] == "open" and p["head_ref"] == body["head"] and
               p["base_ref"] == body["base"] for p in hub.pulls.values()):
            raise Refused(422, "Validation Failed", [
                "A pull request already exists for " + body["head"]])
        number = max(list(hub.pulls) + [0]) + 1
        hub.git("update-ref", "refs/pull/%d/head" % number,
                "refs/heads/" + body["head"])
        hub.pulls[number] = {
            "number": number, "head_ref": body["head"],
            "base_ref": body["base"], "head_repository": "acme/app",
            "title": body["title"], "body": body.get("body", ""),
            "author": who[0], "author_id": who[1], "state": "open",
            "draft": False, "labels": []}
        hub.touch(number)
        return 201, hub.show_pull(hub.pulls[number], True)

    def get_pull(self, _who, parts, _query, _body):
        return 200, self.hub.show_pull(self.hub.pull(parts[0]), True)

    def list_reviews(self, who, parts, _query, _body):
        pull = self.hub.pull(parts[0])
        return 200, [self.hub.show_review(r) for r in self.hub.reviews
                     if r["pull"] == pull["number"] and
                     (r["state"] != "PENDING" or r["by"] == list(who))]

    def add_review(self, who, parts, _query, body):
        hub, pull = self.hub, self.hub.pull(parts[0])
        if set(body) - {"commit_id", "event", "body", "comments"}:
            raise Refused(422, "unknown members")
        if any(r["state"] == "PENDING" and r["by"] == list(who) and
               r["pull"] == pull["number"] for r in hub.reviews):
            raise Refused(422, "Unprocessable Entity", [
                "User can only have one pending review per pull request"])
        if body["commit_id"] != hub.head(pull):
            raise Refused(422, "Unprocessable Entity",
                          ["commit_id is not part of the pull request"])
        check_body(body.get("body"))
        for line in body.get("comments", []):
            check_body(line.get("body"))
            hub.check_line(pull, line)
        review = {"id": hub.number(), "pull": pull["number"],
                  "by": list(who), "body": body["body"],
                  "commit": body["commit_id"],
                  "state": "COMMENTED" if body.get("event") else "PENDING"}
        hub.reviews.append(review)
        hub.touch(pull["number"])
        for line in body.get("comments", []):
            made = dict(line, id=hub.number(), pull=pull["number"],
                        by=list(who), commit=body["commit_id"],
                        review=review["id"], updated=DATE)
            hub.lines.append(made)
            hub.threads["T%d" % made["id"]] = {
                "id": "T%d" % made["id"], "comment": made["id"],
                "pull": pull["number"], "resolved": False}
        return 200, hub.show_review(review)

    def drop_review(self, who, parts, _query, _body):
        for review in self.hub.reviews:
            if review["id"] == int(parts[1]) and review["by"] == list(who):
                if review["state"] != "PENDING":
                    raise Refused(422, "Can not delete a non-pending review")
                self.hub.reviews.remove(review)
                return 200, self.hub.show_review(review)
        raise Refused(404, "Not Found")

    def review_lines(self, _who, parts, _query, _body):
        return 200, [self.hub.show_line(line) for line in self.hub.lines
                     if line["review"] == int(parts[1])]

    def list_comments(self, _who, parts, _query, _body):
        pull = self.hub.pull(parts[0])
        return 200, [self.hub.show_comment(c) for c in self.hub.comments
                     if c["pull"] == pull["number"]]

    def all_comments(self, _who, _parts, query, _body):
        since = query.get("since", "")
        return 200, [self.hub.show_comment(c) for c in self.hub.comments
                     if c["updated"] >= since]

    def pull_lines(self, _who, parts, _query, _body):
        pull = self.hub.pull(parts[0])
        return 200, [self.hub.show_line(line) for line in self.hub.lines
                     if line["pull"] == pull["number"]]

    def add_comment(self, who, parts, _query, body):
        check_body(body.get("body"))
        comment = {"id": self.hub.number(), "by": list(who),
                   "pull": self.hub.pull(parts[0])["number"],
                   "body": body["body"]}
        comment["updated"] = self.hub.touch(comment["pull"])
        self.hub.comments.append(comment)
        return 201, self.hub.show_comment(comment)

    def find_comment(self, number):
        for comment in self.hub.comments:
            if comment["id"] == int(number):
                return comment
        raise Refused(404, "Not Found")

    def edit_comment(self, _who, parts, _query, body):
        comment = self.find_comment(parts[0])
        check_body(body.get("body"))
        comment["body"] = body["body"]
        comment["updated"] = self.hub.touch(comment["pull"])
        return 200, self.hub.show_comment(comment)

    def react(self, who, parts, _query, body):
        self.find_comment(parts[0])
        if body["content"] not in REACTIONS:
            raise Refused(422, "Validation Failed")
        for old in self.hub.reactions:
            if (old["comment"], old["content"], old["by"]) == (
                    int(parts[0]), body["content"], list(who)):
                return 200, self.show_reaction(old)
        made = {"id": self.hub.number(), "comment": int(parts[0]),
                "content": body["content"], "by": list(who)}
        self.hub.reactions.append(made)
        return 201, self.show_reaction(made)

    def show_reaction(self, reaction):
        return {"id": reaction["id"], "node_id": "E",
                "user": user(*reaction["by"]), "created_at": DATE,
                "content": reaction["content"]}

    def list_reactions(self, _who, parts, _query, _body):
        return 200, [self.show_reaction(r) for r in self.hub.reactions
                     if r["comment"] == int(parts[0])]

    def add_status(self, who, parts, _query, body):
        if body["state"] not in ("error", "failure", "pending", "success"):
            raise Refused(422, "Validation Failed")
        if len(body.get("description", "")) > 140:
            raise Refused(422, "description is too long")
        made = dict(body, id=self.hub.number(), sha=parts[0], by=list(who))
        self.hub.statuses.append(made)
        return 201, dict(self.show_status(made), creator=user(*who))

    def show_status(self, status):
        at = status.get("at", DATE)
        return {"url": MARK, "avatar_url": None, "id": status["id"],
                "node_id": "S", "state": status["state"],
                "description": status.get("description"),
                "target_url": status.get("target_url"),
                "context": status["context"], "created_at": at,
                "updated_at": at}

    def permission(self, _who, parts, _query, _body):
        name = PERMISSIONS.get(parts[0], "none")
        made = dict(user(parts[0], 7), role_name=name)
        return 200, {"permission": name, "role_name": name, "user": made}

    def graphql(self, _who, _parts, _query, body):
        values = body["variables"]
        if "resolveReviewThread" in body["query"]:
            thread = self.hub.threads.get(values["id"])
            if not thread:
                return 200, {"errors": [{"type": "NOT_FOUND",
                                         "message": "no such thread"}]}
            thread["resolved"] = True
            return 200, {"data": {"resolveReviewThread": {"thread": {
                "id": thread["id"], "isResolved": True}}}}
        nodes = [{"id": t["id"], "isResolved": t["resolved"],
                  "comments": {"nodes": [{"databaseId": t["comment"]}]}}
                 for t in self.hub.threads.values()
                 if t["pull"] == values["number"]]
        return 200, {"data": {"repository": {"pullRequest": {
            "reviewThreads": {"pageInfo": {"hasNextPage": False,
                                           "endCursor": None},
                              "nodes": nodes}}}}}


class Control:
    """What the test does as everybody else."""

    def __init__(self, hub):
        self.hub = hub

    def pull(self, body):
        pull = self.hub.pulls.setdefault(body["number"], {
            "number": body["number"], "head_ref": "topic", "base_ref": "main",
            "head_repository": "acme/app", "title": "A change", "body": "",
            "author": "ada", "author_id": 7, "state": "open", "draft": False,
            "labels": []})
        pull.update(body)
        self.hub.touch(pull["number"])
        return pull

    def comment(self, body):
        comment = {"id": self.hub.number(), "by": ["eve", 666]}
        comment.update(body)
        comment["updated"] = self.hub.touch(comment["pull"])
        self.hub.comments.append(comment)
        return comment

    def review(self, body):
        review = {"id": self.hub.number(), "by": ["referee-bot", 900],
                  "state": "PENDING", "body": "", "commit": "0" * 40}
        review.update(body)
        self.hub.reviews.append(review)
        self.hub.touch(review["pull"])
        return review

    def react(self, body):
        """Reactions are the one thing that moves nothing."""
        made = {"id": self.hub.number(), "by": ["ada", 7]}
        made.update(body)
        self.hub.reactions.append(made)
        return made

    def resolve(self, body):
        thread = self.hub.threads["T%d" % body["comment"]]
        thread["resolved"] = True
        self.hub.touch(thread["pull"])
        return thread

    def status(self, body):
        made = {"id": self.hub.number(), "by": ["ci", 30],
                "at": ago(body.pop("age", 3600))}
        made.update(body)
        self.hub.statuses.append(made)
        return made

    def check(self, body):
        """Or `count` of them, with a number behind the name."""
        made = {"status": "completed", "head_sha": body.pop("sha"),
                "at": ago(body.pop("age", 3600))}
        count = body.pop("count", 0)
        made.update(body)
        for number in range(1, count + 1) or [0]:
            self.hub.checks.append(dict(
                made, id=self.hub.number(), name="%s %d" % (
                    made["name"], number) if number else made["name"]))
        return self.hub.checks[-1]

    def drop(self, body):
        """As if the pull had never been."""
        return self.hub.pulls.pop(body["number"])

    def forget(self, body):
        self.hub.comments = [c for c in self.hub.comments
                             if c["id"] != body["comment"]]
        return {}

    def app(self, body):
        """From now on; a lifetime alone is that of further tokens."""
        if "public_key" in body:
            self.hub.app = Application(body["public_key"], body["id"], 3600)
        self.hub.app.lifetime = body.get("lifetime", 3600)
        return {}

    def revoke(self, body):
        """Now, or when a call comes that matches `before`."""
        self.hub.revoking = body
        if "before" not in body:
            self.hub.app.revoke()
        return {}

    def fault(self, body):
        self.hub.faults.append(body)
        return body


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def respond(self, status, text, headers=()):
        data = text.encode()
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        if status != 304:
            self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def handle_any(self):
        length = int(self.headers.get("Content-Length", "0"))
        raw = self.rfile.read(length)
        body = json.loads(raw) if raw else None
        path, _, query = self.path.partition("?")
        with lock:
            if path.startswith("/_/"):
                self.control(path[3:], body)
                return
            fault = self.find_fault(body)
        if fault and not fault.get("after"):
            self.play(fault)
            return
        with lock:
            status, reply, headers = self.ask(path, query, body)
            self.note(body, status, reply)
            self.server.hub.save()
        if fault:
            self.play(fault)
        elif status == 304:
            self.respond(304, "", headers)
        else:
            self.respond(status, json.dumps(reply), headers)

    do_GET = do_POST = do_PATCH = do_DELETE = handle_any

    def control(self, name, body):
        if name == "state":
            made = self.server.hub.state()
        else:
            made = getattr(self.server.control, name)(body)
            self.server.hub.save()
        self.respond(200, json.dumps(made))

    def find_fault(self, body):
        line = "%s %s" % (self.command, self.path)
        if self.path == "/graphql":
            line += " " + body["query"]
        for fault in self.server.hub.faults:
            if fault.get("times", 1) and re.search(fault["match"], line):
                fault["times"] = fault.get("times", 1) - 1
                return fault
        return None

    def play(self, fault):
        if fault.get("hang"):
            time.sleep(fault["hang"])
            self.close_connection = True
            return
        if fault.get("cut"):
            self.send_response(200)
            self.send_header("Content-Length", "1000")
            self.end_headers()
            self.wfile.write(b'[{"id"')
            self.close_connection = True
            return
        text = fault.get("body", "") * fault.get("repeat", 1)
        self.respond(fault["status"], text,
                     list(fault.get("headers", {}).items()))

    def ask(self, path, query, body):
        try:
            who = self.who()
            status, reply = self.route(who, path, query, body)
        except Refused as refused:
            return refused.status, refused.reply, refused.headers
        headers = [("x-ratelimit-remaining", "4999")]
        if isinstance(reply, list):
            reply = self.page(reply, path, query, headers)
        elif self.command == "GET":
            for name in reply.keys() & {"check_runs", "statuses"}:
                reply[name] = self.page(reply[name], path, query, headers)
        if self.command == "GET":
            token = self.headers["Authorization"]
            etag = 'W/"%s"' % hashlib.sha256(
                (token + json.dumps(reply)).encode()).hexdigest()
            headers.append(("ETag", etag))
            if self.headers.get("If-None-Match") == etag:
                return 304, None, headers
        return status, reply, headers

    def who(self):
        if not self.headers.get("User-Agent"):
            raise Refused(403, "Request forbidden by administrative rules.")
        if self.headers.get("X-GitHub-Api-Version") != "2022-11-28":
            raise Refused(400, "no version was asked for")
        kind, _, token = self.headers.get("Authorization", "").partition(" ")
        app = self.server.hub.app
        if kind == "Bearer" and token in TOKENS:
            return TOKENS[token]
        if kind != "Bearer" or not app:
            raise Refused(401, "Bad credentials")
        path = self.path.partition("?")[0]
        self.revoke_when_due(app)
        if path.startswith("/app") or path.endswith("/installation"):
            app.check(token)
        elif app.tokens.get(token, 0) <= time.time():
            raise Refused(401, "Bad credentials")
        return "referee-app[bot]", 901

    def revoke_when_due(self, app):
        rule = self.server.hub.revoking
        line = "%s %s" % (self.command, self.path)
        if "before" in rule and re.search(rule["before"], line):
            app.revoke()
            if not rule.get("always"):
                self.server.hub.revoking = {}

    def route(self, who, path, query, body):
        words = dict(p.partition("=")[::2] for p in query.split("&") if p)
        for method, pattern, act in self.server.api.routes:
            found = re.fullmatch(pattern, path)
            if found and method == self.command:
                return act(who, found.groups(), words, body)
        raise Refused(599, "nobody expected %s %s" % (self.command, path))

    def page(self, items, path, query, headers):
        words = dict(p.partition("=")[::2] for p in query.split("&") if p)
        size = min(int(words.get("per_page", "30")), 100)
        number = int(words.get("page", "1"))
        if len(items) > number * size:
            words["page"] = str(number + 1)
            headers.append(("Link", '<http://%s%s?%s>; rel="next"' % (
                self.headers["Host"], path,
                "&".join("%s=%s" % pair for pair in words.items()))))
        return items[(number - 1) * size:number * size]

    def note(self, body, status, reply):
        exchange = {"method": self.command, "path": self.path,
                    "status": status}
        if body is not None:
            exchange["body"] = body
        if status != 304:
            exchange["resp"] = reply
        with open(sys.argv[2], "a", encoding="utf-8") as file:
            print(json.dumps(exchange), file=file)


def main():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.hub = Hub(sys.argv[1], sys.argv[3] if len(sys.argv) > 3 else None)
    server.api, server.control = Api(server.hub), Control(server.hub)
    server.hub.save()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print("ready", server.server_address[1], flush=True)
    sys.stdin.read()


main()
