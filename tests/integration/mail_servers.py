"""Real mail servers on free ports of the loopback, with a certificate made on the spot.

Dovecot (2.3 and 2.4) and pymap refuse to run as root or need not to: root steps down first. Postfix
needs root; it hands mail to the folders that Dovecot shows and asks Dovecot whether a password is right.
"""

from __future__ import annotations

import grp
import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

import pytest
import trustme

PASSWORD = "secret"
OTHER_PASSWORD = "тайна-№5"  # is right as well


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Authority:
    """A certificate authority of the tests, and a certificate for «localhost» alone."""

    def __init__(self) -> None:
        self.ca = trustme.CA()
        self.server = self.ca.issue_cert("localhost")

    def write(self, directory: Path) -> None:
        self.ca.cert_pem.write_to_path(directory / "ca.pem")
        self.server.private_key_pem.write_to_path(directory / "key.pem")
        for number, part in enumerate(self.server.cert_chain_pems):
            part.write_to_path(directory / "cert.pem", append=number > 0)


class Runner:
    """Whom a server runs as, ourselves or some user if we are root, and a directory of its own."""

    def __init__(self, *users: str) -> None:
        known = {user.pw_name for user in pwd.getpwall()}
        user = pwd.getpwuid(os.geteuid())
        if os.geteuid() == 0:
            user = pwd.getpwnam(next(name for name in users if name in known))
        self.user, self.group = user.pw_name, grp.getgrgid(user.pw_gid).gr_name
        self.uid, self.gid = user.pw_uid, user.pw_gid
        # pytest's own directories are closed to others
        self.home = Path(tempfile.mkdtemp(prefix="mailbot-test-", dir="/tmp"))
        self.home.chmod(0o755)
        self.own()

    def own(self) -> None:
        for path in [self.home, *self.home.rglob("*")]:
            shutil.chown(path, self.user, self.group)

    def start(self, *command: str | Path) -> subprocess.Popen[bytes]:
        who: Mapping[str, object] = {}
        if os.geteuid() == 0:
            who = {"user": self.uid, "group": self.gid, "extra_groups": []}
        with (self.home / "stderr").open("wb") as errors:
            return subprocess.Popen(
                command, cwd=self.home, stdout=subprocess.DEVNULL, stderr=errors, **who
            )

    def remove(self) -> None:
        shutil.rmtree(self.home, ignore_errors=True)


def program(name: str, package: str) -> str:
    found = shutil.which(name, path=os.environ["PATH"] + ":/usr/sbin:/usr/local/sbin")
    if found is None:
        pytest.fail(f"the tests need {package}: apt-get install {package}")
    return found


def wait_for(port: int, process: subprocess.Popen[bytes], errors: Path) -> None:
    for _ in range(500):
        try:
            return socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            assert process.poll() is None, f"{process.args}: {errors.read_text()}"
            time.sleep(0.02)
    pytest.fail(f"nothing listens on {port}")


_DOVECOT_23 = """
mail_location = maildir:{home}/mail/%u
passdb {{
  driver = static
  args = password={password}
}}
passdb {{
  driver = static
  args = password={other}
}}
userdb {{
  driver = static
  args = home={home}/mail/%u
}}
disable_plaintext_auth = {tls_yes}
"""
_DOVECOT_23_TLS = """
ssl_cert = <{home}/cert.pem
ssl_key = <{home}/key.pem
"""
_DOVECOT_24 = """
dovecot_config_version = 2.4.0
dovecot_storage_version = 2.4.0
mail_driver = maildir
mail_path = {home}/mail/%{{user}}
passdb first {{
  driver = static
  password = {password}
}}
passdb second {{
  driver = static
  password = {other}
}}
userdb static {{
  fields {{
    home = {home}/mail/%{{user}}
  }}
}}
auth_allow_cleartext = {tls_no}
"""
_DOVECOT_24_TLS = """
ssl_server_cert_file = {home}/cert.pem
ssl_server_key_file = {home}/key.pem
"""
_DOVECOT = """
base_dir = {home}/run
state_dir = {home}/state
log_path = {home}/log
protocols = imap
ssl = {ssl}
auth_mechanisms = plain login
auth_failure_delay = 0
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
mail_uid = {user}
mail_gid = {group}
mail_max_userip_connections = 100
first_valid_uid = 0
first_valid_gid = 0
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  chroot =
}}
service auth {{
  inet_listener sasl {{
    {listen} = 127.0.0.1
    port = {sasl}
  }}
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    {listen} = 127.0.0.1
    port = {imap}
  }}
  inet_listener imaps {{
    {listen} = 127.0.0.1
    port = {imaps}
    ssl = {tls_yes}
  }}
}}
"""


class Dovecot:
    """An IMAP server; any user name has a mailbox of its own, made when first asked for."""

    def __init__(self, authority: Authority, *, tls: bool = True) -> None:
        binary = program("dovecot", "dovecot-imapd")
        new = subprocess.check_output([binary, "--version"], text=True) >= "2.4"
        self._runner = Runner("nobody")
        self.home = self._runner.home
        self.imap, self.imaps, self.sasl = free_port(), free_port(), free_port()
        authority.write(self.home)
        (self.home / "mail").mkdir()
        self._runner.own()
        text = (_DOVECOT_24 if new else _DOVECOT_23) + _DOVECOT
        if tls:
            text += _DOVECOT_24_TLS if new else _DOVECOT_23_TLS
        config = self.home / "dovecot.conf"
        config.write_text(
            text.lstrip().format(
                home=self.home,
                user=self._runner.user,
                group=self._runner.group,
                password=PASSWORD,
                other=OTHER_PASSWORD,
                imap=self.imap,
                imaps=self.imaps if tls else 0,
                sasl=self.sasl,
                ssl="required" if tls else "no",
                tls_yes="yes" if tls else "no",
                tls_no="no" if tls else "yes",
                listen="listen" if new else "address",
            )
        )
        self._process = self._runner.start(binary, "-F", "-c", config)
        wait_for(self.imap, self._process, self.home / "stderr")

    @property
    def user(self) -> str:
        """Who owns the mail."""
        return self._runner.user

    @property
    def group(self) -> str:
        return self._runner.group

    def maildir(self, user: str) -> Path:
        return self.home / "mail" / user

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(10)
        self._runner.remove()


class Pymap:
    """An IMAP server of another make, with one user and a mailbox in memory."""

    user, password = "info", "secret"

    def __init__(self, authority: Authority) -> None:
        self._home = Path(tempfile.mkdtemp(prefix="mailbot-test-"))
        authority.write(self._home)
        self.imap = free_port()
        command = [sys.executable, "-W", "ignore", "-c", "import pymap.main; pymap.main.main()"]
        command += ["--host", "127.0.0.1", "--port", str(self.imap)]
        command += ["--cert", str(self._home / "cert.pem"), "--key", str(self._home / "key.pem")]
        command += ["dict", "--demo-user", self.user, "--demo-password", self.password]
        with (self._home / "stderr").open("wb") as errors:
            self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=errors)
        wait_for(self.imap, self._process, self._home / "stderr")

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(10)
        shutil.rmtree(self._home)


_POSTFIX_MAIN = """
compatibility_level = 3.6
queue_directory = {home}/queue
data_directory = {home}/data
mail_owner = postfix
maillog_file = {home}/log
maillog_file_prefixes = {home}
inet_interfaces = loopback-only
inet_protocols = ipv4
myhostname = localhost
mydestination =
local_transport = error:no local mail
alias_maps =
alias_database =
virtual_mailbox_domains = regexp:{home}/domains
virtual_mailbox_maps = static:any
virtual_transport = maildir
smtpd_tls_cert_file = {home}/cert.pem
smtpd_tls_key_file = {home}/key.pem
smtpd_tls_auth_only = yes
smtpd_sasl_auth_enable = yes
smtpd_sasl_type = dovecot
smtpd_sasl_path = inet:127.0.0.1:{sasl}
smtpd_relay_restrictions = permit_sasl_authenticated, reject
smtpd_recipient_restrictions = check_recipient_access regexp:{home}/recipients, permit_sasl_authenticated, reject
smtpd_reject_unlisted_recipient = no
smtputf8_enable = yes
"""
_POSTFIX_MASTER = """
127.0.0.1:{smtp} inet n - n - - smtpd -o smtpd_tls_security_level=encrypt
127.0.0.1:{smtps} inet n - n - - smtpd -o smtpd_tls_wrappermode=yes -o smtpd_tls_security_level=encrypt
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
local unix - n n - - local
maildir unix - n n - - pipe user={user}:{group} argv=/bin/sh {home}/deliver {mail}/${{user}}
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""
_POSTFIX_RECIPIENTS = """
/^(greylisted.*)/ 450 4.2.0 <$1>: Recipient address rejected: Greylisted
/^(nobody.*)/ 550 5.1.1 <$1>: Recipient address rejected: User unknown
"""
# virtual(8) does not make a folder's name of a pattern
_POSTFIX_DELIVER = """
set -e
mkdir -p "$1/tmp" "$1/new" "$1/cur"
name="$(date +%s.%N).$$.localhost"
cat > "$1/tmp/$name"
mv "$1/tmp/$name" "$1/new/$name"
"""


class Postfix:
    """An SMTP server that lets in who knows Dovecot's password, and fills Dovecot's folders."""

    def __init__(self, authority: Authority, dovecot: Dovecot) -> None:
        self._binary = program("postfix", "postfix")
        self.home = Path(tempfile.mkdtemp(prefix="mailbot-test-", dir="/tmp"))
        self.home.chmod(0o755)
        self.smtp, self.smtps = free_port(), free_port()
        authority.write(self.home)
        (self.home / "key.pem").chmod(0o600)
        for name in ("queue", "data"):
            (self.home / name).mkdir()
        shutil.chown(self.home / "data", "postfix")
        files = {
            "main.cf": _POSTFIX_MAIN,
            "master.cf": _POSTFIX_MASTER,
            "domains": "/./ OK\n",
            "recipients": _POSTFIX_RECIPIENTS,
            "deliver": _POSTFIX_DELIVER,
        }
        for name, text in files.items():
            filled = text.lstrip()
            if name.endswith(".cf"):
                filled = filled.format(
                    home=self.home,
                    mail=dovecot.home / "mail",
                    user=dovecot.user,
                    group=dovecot.group,
                    sasl=dovecot.sasl,
                    smtp=self.smtp,
                    smtps=self.smtps,
                )
            (self.home / name).write_text(filled)
        with (self.home / "stderr").open("wb") as errors:
            self._process = subprocess.Popen(
                [self._binary, "-c", self.home, "start-fg"],
                stdout=errors,
                stderr=errors,
                start_new_session=True,
            )
        wait_for(self.smtp, self._process, self.home / "stderr")

    def stop(self) -> None:
        subprocess.run(
            [self._binary, "-c", self.home, "stop"],
            check=False,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self._process.wait(20)
        shutil.rmtree(self.home, ignore_errors=True)
