"""The named errors of storage; the tree stands in the package's docstring."""

from __future__ import annotations

from storage.wording import Wording, verbatim


class StorageError(Exception):
    """Anything storage refuses to do. `wording` is what it says, for pages in other languages."""

    def __init__(self, reason: str | Wording = "") -> None:
        super().__init__(str(reason))
        self.wording = reason if isinstance(reason, Wording) else verbatim(reason)


class DatabaseUnreachable(StorageError):
    def __init__(self, address: str, reason: str) -> None:
        advice = "check HAMLET_DATABASE_URL and HAMLET_HOME"
        super().__init__(f"the database {address} cannot be reached ({reason}); {advice}")


class DatabaseFull(DatabaseUnreachable):
    """A kind of unreachable, because what waits for the database also waits for room."""

    def __init__(self, address: str, reason: str) -> None:
        StorageError.__init__(self, f"the database {address} has no room left ({reason}); make room on its disk")


class DatabaseTooNew(StorageError):
    def __init__(self, address: str, reason: str) -> None:
        super().__init__(f"the database {address} was made by a newer hamlet ({reason}); update this one")


class UpgradeFailed(StorageError):
    def __init__(self, address: str, reason: str, copy: str | None) -> None:
        backup = f" (and a backup of it is {copy})" if copy else ""
        super().__init__(
            f"the database {address} could not be brought up to date ({reason}); it is as it was{backup}: stop every other "
            "hamlet that uses it and run `hamlet migrate` again, or go on with the hamlet that made it"
        )


class RowsLost(StorageError):
    """A migration would leave rows that refer to nothing: (their table, their id, the table they refer to)."""

    def __init__(self, lost: list[tuple[str, int | None, str]]) -> None:
        table, row, parent = lost[0]
        super().__init__(f"{len(lost)} rows would refer to nothing, row {row} of {table} to {parent} among them")


class NotLoadable(StorageError):
    def __init__(self, table: str, reason: str) -> None:
        super().__init__(f"rows of the table {table} cannot be loaded: {reason}")


class DatabaseNotMigrated(DatabaseUnreachable):
    """A kind of unreachable, because what waits for the database also waits for its tables."""

    def __init__(self, address: str) -> None:
        StorageError.__init__(self, f"the database {address} has no tables yet; run `hamlet migrate` or `make run`")


class UnknownVersion(StorageError):
    def __init__(self, name: str) -> None:
        super().__init__(f"there is no model version {name!r}; `hamlet models` lists them")


class UnknownVerdict(StorageError):
    def __init__(self, verdict_id: int) -> None:
        super().__init__(f"there is no verdict {verdict_id}")
        self.verdict_id = verdict_id


class UnknownChat(StorageError):
    def __init__(self, chat_id: int) -> None:
        super().__init__(f"there is no chat number {chat_id}; `hamlet chats` lists them")


class EnforceTooSoon(StorageError):
    def __init__(self, so_far: int, needed: int) -> None:
        wording = Wording(
            "enforce acts without asking, so it is offered after {needed} accepted corrections in the chat; there are {so_far}",
            needed=needed,
            so_far=so_far,
        )
        super().__init__(wording)


class UnknownCorrection(StorageError):
    def __init__(self, correction_id: int) -> None:
        super().__init__(f"there is no correction {correction_id} of this person's that stands")


class UnknownBulkDecision(StorageError):
    def __init__(self, bulk_id: int) -> None:
        super().__init__(f"this person made no decision number {bulk_id} about many messages")


class UnknownMember(StorageError):
    def __init__(self, user_id: int) -> None:
        super().__init__(f"nothing is stored of a member number {user_id} in this chat")


class UnknownMessage(StorageError):
    def __init__(self, message_id: int) -> None:
        super().__init__(f"there is no message number {message_id}")


class UnknownClient(StorageError):
    def __init__(self, name: str) -> None:
        super().__init__(f"there is no client {name!r}; `hamlet tokens list` lists them")


class ClientExists(StorageError):
    def __init__(self, name: str) -> None:
        super().__init__(f"{name!r} has a token already; `hamlet tokens revoke` takes it back, or choose another name")


class NothingToRollBackTo(StorageError):
    def __init__(self) -> None:
        super().__init__("no version served before the champion, or its files are gone; `hamlet models` lists all")


class VersionPruned(StorageError):
    def __init__(self, name: str) -> None:
        super().__init__(f"the files of {name} were removed to save space; `hamlet models` says which can serve")


class FilesGone(StorageError):
    def __init__(self, name: str) -> None:
        super().__init__(f"the files of {name} are gone from HAMLET_HOME: put them back, or promote another")


class NotAnExport(StorageError):
    def __init__(self, reason: str | Wording) -> None:
        super().__init__(Wording("this is no export of a group that can be taken: {reason}", reason=reason))


class AnotherGroup(NotAnExport):
    def __init__(self, title: str, expected: str) -> None:
        wording = Wording(
            "this is the export of another group, {title!r}, not of {expected!r}; nothing was taken",
            title=title,
            expected=expected,
        )
        StorageError.__init__(self, wording)


class ExportCutShort(StorageError):
    def __init__(self) -> None:
        wording = Wording(
            "the export is cut short or damaged: what stands before that place was taken; export the chat anew and "
            "bring it in again, what is known already is passed over"
        )
        super().__init__(wording)


class UnknownDelivery(StorageError):
    def __init__(self, delivery_id: int) -> None:
        super().__init__(f"there is no delivery {delivery_id}")


class UnknownHold(StorageError):
    def __init__(self, message_row: int) -> None:
        super().__init__(f"no message number {message_row} is held")


class UnknownRescan(StorageError):
    def __init__(self, rescan_id: int) -> None:
        super().__init__(f"rescan {rescan_id} lists nothing that can be flagged now")


class RescanOutdated(StorageError):
    def __init__(self, rescan_id: int) -> None:
        super().__init__(f"rescan {rescan_id} was made by a version that serves no more; look again")


class UnknownRule(StorageError):
    def __init__(self, rule_id: int) -> None:
        super().__init__(f"this chat has no rule number {rule_id}")


class TooManyRules(StorageError):
    def __init__(self, most: int, most_expressions: int) -> None:
        wording = Wording(
            "a chat has at most {most} rules, {most_expressions} of them regular expressions; remove some first",
            most=most,
            most_expressions=most_expressions,
        )
        super().__init__(wording)


class UnsuitableSetting(StorageError):
    def __init__(self, name: str, value: object, reason: str) -> None:
        super().__init__(f"{name} cannot be {value!r}: {reason}")


class NotSettings(StorageError):
    def __init__(self, reason: str) -> None:
        super().__init__(f"this is no file of a chat's settings, as `hamlet chats export` writes it: {reason}")
