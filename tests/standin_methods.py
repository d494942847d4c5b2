"""What each method does to the world, and what it answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NoReturn

from tests.botapi_words import Json, Refusal, Words
from tests.standin_world import PRESS_LIVES, Room, Stored, World

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.botapi import Checked, Upload

TWO_DAYS = 48 * 3600
OLD_PRESS = "query is too old and response timeout expired or query ID is invalid"
UNCHANGED = (
    "message is not modified: specified new message content and reply markup are exactly the same"
    " as a current content and reply markup of the message"
)


def declined(description: str) -> NoReturn:
    """The call is well formed; the world is not as the bot thought."""
    raise Refusal(400, f"Bad Request: {description}")


@dataclass(frozen=True)
class Order:
    """One call to carry out."""

    world: World
    call: Checked
    arrived: float

    @property
    def params(self) -> Json:
        return self.call.params

    def room(self) -> Room:
        return self.world.room(self.params["chat_id"])

    def words(self) -> Words:
        return self.call.words or Words("")


def send(order: Order) -> Json:
    """A message, a document or a photo."""
    room = order.room()
    said, file = order.words(), None
    if order.call.method == "sendMessage":
        content = _text(said)
    else:
        kind = order.call.method.removeprefix("send").lower()
        media, file = _media(order, kind, order.params[kind])
        content = media | _caption(said)
    content |= _reply(order, room) | _markup(order)
    message = order.world.stores(room, order.world.bot, content, mine=False)
    message.html, message.file = said.html, file
    room.changed(message, order.arrived)
    return message.json


def _text(said: Words) -> Json:
    return {"text": said.text} | ({"entities": said.entities} if said.entities else {})


def _caption(said: Words) -> Json:
    entities = {"caption_entities": said.entities} if said.entities else {}
    return ({"caption": said.text} if said.text else {}) | entities


def _markup(order: Order) -> Json:
    """Only inline keyboards are part of a message, and an empty one is none."""
    markup = order.params.get("reply_markup", {})
    return {"reply_markup": markup} if markup.get("inline_keyboard") else {}


def _reply(order: Order, room: Room) -> Json:
    reply = order.params.get("reply_parameters")
    if not reply:
        return {}
    if to := room.messages.get(reply.get("message_id")):
        return {"reply_to_message": {k: v for k, v in to.json.items() if k != "reply_to_message"}}
    return (
        {}
        if reply.get("allow_sending_without_reply")
        else declined("message to be replied not found")
    )


def _media(order: Order, kind: str, value: Any) -> tuple[Json, Upload]:
    world = order.world
    given = order.call.file(value)
    if isinstance(given, str):
        if given not in world.files:
            declined("wrong file identifier/HTTP URL specified")
        file_id, file = given, world.files[given]
    else:
        file_id, file = world.keeps(given), given
    known = {"file_id": file_id, "file_unique_id": f"u{file_id[-8:]}"}
    known["file_size"] = len(file.content)  # type: ignore[assignment]
    if kind == "photo":
        return {"photo": [{**known, "width": 1280, "height": 960}]}, file
    return {"document": {**known, "file_name": file.name}}, file


def _to_edit(order: Order) -> tuple[Room, Stored]:
    room = order.room()
    message = room.messages.get(order.params.get("message_id", 0))
    if message is None:
        declined("message to edit not found")
    if message.mine:
        declined("message can't be edited")
    return room, message


def _edited(order: Order, room: Room, message: Stored, new: Json, gone: set[str]) -> Json:
    """The message as it becomes; a keyboard that is not given again goes."""
    kept = {k: v for k, v in message.json.items() if k not in gone | {"reply_markup"}}
    becomes = kept | new | _markup(order)
    if becomes == message.json:
        declined(UNCHANGED)
    if new:  # another keyboard alone does not mark a message as edited
        becomes["edit_date"] = int(order.world.clock())
    message.json = becomes
    message.html = order.call.words.html if order.call.words else message.html
    room.changed(message, order.arrived)
    return message.json


def edit_text(order: Order) -> Json:
    room, message = _to_edit(order)
    if "text" not in message.json:
        declined("there is no text in the message to edit")
    return _edited(order, room, message, _text(order.words()), {"entities"})


def edit_caption(order: Order) -> Json:
    room, message = _to_edit(order)
    if "text" in message.json:
        declined("there is no caption in the message to edit")
    gone = {"caption", "caption_entities"}
    return _edited(order, room, message, _caption(order.words()), gone)


def edit_markup(order: Order) -> Json:
    room, message = _to_edit(order)
    return _edited(order, room, message, {}, set())


def edit_media(order: Order) -> Json:
    room, message = _to_edit(order)
    media = order.params["media"]
    if media["type"] not in {"document", "photo"}:
        declined(f"the stand-in does not play media of type {media['type']}")
    new, file = _media(order, media["type"], media["media"])
    gone = {"text", "entities", "document", "photo", "caption", "caption_entities"}
    answer = _edited(order, room, message, new | _caption(order.words()), gone)
    message.file = file
    return answer


def delete(order: Order) -> bool:
    """One message must be there; of several, those that are."""
    room = order.room()
    several = order.params.get("message_ids")
    for number in several or [order.params["message_id"]]:
        message = room.messages.get(number)
        if message and order.world.clock() - message.at <= TWO_DAYS:
            del room.messages[number]
        elif not several:
            old = "message can't be deleted for everyone"
            declined(old if message else "message to delete not found")
    room.stir()
    return True


def answer_press(order: Order) -> bool:
    world = order.world
    query = world.queries.get(order.params["callback_query_id"])
    if query is None or query.answered or world.clock() - query.born > PRESS_LIVES:
        declined(OLD_PRESS)
    query.answered = True
    room = world.rooms[query.chat]
    room.toasts.append(order.params.get("text", ""))
    room.stir()
    return True


def action(order: Order) -> bool:
    order.room().actions.append(order.params["action"])
    return True


def leave(order: Order) -> bool:
    room = order.room()
    if room.chat["type"] == "private":
        declined("chat member status can't be changed in private chats")
    room.shut = f"Forbidden: bot is not a member of the {room.chat['type']} chat"
    order.world.member(room, order.world.bot, "member", "left")
    room.stir()
    return True


def commands(order: Order) -> bool:
    scope = order.params.get("scope", {"type": "default"})
    name = ":".join(str(part) for part in scope.values())
    language = order.params.get("language_code", "")
    if order.call.method == "deleteMyCommands":
        order.world.commands.pop((name, language), None)
    else:
        order.world.commands[name, language] = order.params["commands"]
    return True


def description(order: Order) -> bool:
    name = "description" if order.call.method == "setMyDescription" else "short_description"
    language = order.params.get("language_code", "")
    order.world.texts[name, language] = order.params.get(name, "")
    return True


def file(order: Order) -> Json:
    file_id = order.params["file_id"]
    if file_id not in order.world.files:
        declined("invalid file_id")
    known = order.world.files[file_id]
    path = f"documents/{file_id}"
    size = len(known.content)
    unique = f"u{file_id[-8:]}"
    return {"file_id": file_id, "file_unique_id": unique, "file_size": size, "file_path": path}


def webhook(order: Order) -> bool:
    order.world.updates.sets(order.params)
    return True


def webhook_info(order: Order) -> Json:
    updates = order.world.updates
    return {
        "url": updates.webhook.params["url"] if updates.webhook else "",
        "has_custom_certificate": False,
        "pending_update_count": len(updates.waiting()),
        **({"allowed_updates": updates.allowed} if updates.allowed else {}),
        **(updates.webhook.info() if updates.webhook else {}),
    }


async def updates(order: Order) -> list[Json]:
    queue, params = order.world.updates, order.params
    if "allowed_updates" in params:
        queue.allowed = params["allowed_updates"]
    return await queue.take(
        params.get("offset", 0), params.get("limit", 100), params.get("timeout", 0)
    )


def me(order: Order) -> Json:
    can = {"can_join_groups": True, "can_read_all_group_messages": False}
    return {**order.world.bot, **can, "supports_inline_queries": False}


PACED: dict[str, Callable[[Order], Any]] = {
    "sendMessage": send,
    "sendDocument": send,
    "sendPhoto": send,
    "editMessageText": edit_text,
    "editMessageCaption": edit_caption,
    "editMessageReplyMarkup": edit_markup,
    "editMessageMedia": edit_media,
}
FREE: dict[str, Callable[[Order], Any]] = {
    "getMe": me,
    "setWebhook": webhook,
    "deleteWebhook": webhook,
    "getWebhookInfo": webhook_info,
    "sendChatAction": action,
    "answerCallbackQuery": answer_press,
    "deleteMessage": delete,
    "deleteMessages": delete,
    "leaveChat": leave,
    "setMyCommands": commands, "deleteMyCommands": commands,
    "setMyDescription": description,
    "setMyShortDescription": description,
    "getFile": file,
}
DOES = PACED | FREE
