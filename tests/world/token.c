/* A PKCS#11 token that a test plays: label "desk", PIN 1234, a pair of Ed25519 keys with the label "root" and the id 01. The public key stands in TOKEN_KEY,
   signatures come from the agent that listens at TOKEN_AT. TOKEN says how it behaves; each PIN that it is given is a byte more in TOKEN_LOGINS. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

typedef unsigned long num;
typedef unsigned char byte;

enum { OK = 0, GENERAL_ERROR = 5, ATTRIBUTE_TYPE_INVALID = 0x12, DEVICE_REMOVED = 0x32, PIN_INCORRECT = 0xa0, PIN_LOCKED = 0xa4, ARGUMENTS_BAD = 7 };
enum { CLASS = 0, LABEL = 3, KEY_TYPE = 0x100, ID = 0x102, EC_POINT = 0x181, PUBLIC = 2, PRIVATE = 3 };

struct token { byte label[32], maker[32], model[16], serial[16]; num flags, numbers[10]; byte versions[4], time[16]; };
struct attribute { num type; void *value; num length; };

static int is(const char *state) { const char *now = getenv("TOKEN"); return now && strcmp(now, state) == 0; }

static num initialize(void *args) { (void)args; return is("broken") ? GENERAL_ERROR : OK; }
static num nothing(void) { return OK; }

static num slots(byte present, num *list, num *count) {
  num there = is("no-token") ? 0 : is("two-tokens") ? 2 : 1;
  (void)present;
  if (list) for (num at = 0; at < there; at++) list[at] = at;
  *count = there;
  return OK;
}

static void pad(byte *to, size_t length, const char *text) { memset(to, ' ', length); memcpy(to, text, strlen(text)); }

static num token_info(num slot, struct token *info) {
  memset(info, 0, sizeof *info);
  pad(info->label, 32, "desk");
  pad(info->maker, 32, "A test");
  pad(info->model, 16, "T1");
  pad(info->serial, 16, slot ? "0002" : "0001");
  memset(info->time, '0', 16);
  /* initialized, its PIN set, and asked for */
  info->flags = 0x400 | 0x8 | (is("no-login") ? 0 : 0x4);
  if (is("pad")) info->flags |= 0x100;
  if (is("last-try") || is("one-more")) info->flags |= 0x20000;
  if (is("locked")) info->flags |= 0x40000;
  info->numbers[4] = 8;
  info->numbers[5] = 4;
  return OK;
}

static num open_session(num slot, num flags, void *app, void *notify, num *session) {
  (void)slot; (void)flags; (void)app; (void)notify;
  *session = 1;
  return OK;
}

static num login(num session, num who, const char *pin, num length) {
  int log = open(getenv("TOKEN_LOGINS"), O_WRONLY | O_CREAT | O_APPEND, 0600);
  (void)session; (void)who;
  if (log >= 0) { if (write(log, "x", 1) != 1) abort(); close(log); }
  if (is("locks")) return PIN_LOCKED;
  if (is("pad")) return pin ? ARGUMENTS_BAD : OK;
  return pin && length == 4 && memcmp(pin, "1234", 4) == 0 ? OK : PIN_INCORRECT;
}

/* 1 is the private key, 2 the public one, 3 another private one. */
static num found[3], finds, gives;

static num find_begin(num session, const struct attribute *wanted, num count) {
  num class = 0, other = 0;
  (void)session;
  for (num at = 0; at < count; at++) {
    if (wanted[at].type == CLASS) class = *(num *)wanted[at].value;
    if (wanted[at].type == LABEL) other |= wanted[at].length != 4 || memcmp(wanted[at].value, "root", 4) != 0;
    if (wanted[at].type == ID) other |= wanted[at].length != 1 || *(byte *)wanted[at].value != 1;
  }
  finds = gives = 0;
  if (other) return OK;
  if (class == PRIVATE && !is("no-key")) found[finds++] = 1;
  if (class == PRIVATE && is("two-keys")) found[finds++] = 3;
  if (class == PUBLIC && !is("no-public")) found[finds++] = 2;
  return OK;
}

static num find(num session, num *list, num most, num *count) {
  (void)session;
  for (*count = 0; *count < most && gives < finds; gives++) list[(*count)++] = found[gives];
  return OK;
}

static num give(struct attribute *to, const void *bytes, num length) {
  if (to->value) { if (to->length < length) return 0x150; memcpy(to->value, bytes, length); }
  to->length = length;
  return OK;
}

static num attributes(num session, num object, struct attribute *list, num count) {
  num said = OK, kind = is("rsa") ? 0 : is("ecdsa") ? 3 : 0x40;
  byte point[80] = { 0x04, 0x20 }, id = 1;
  const char *hex = getenv("TOKEN_KEY");
  num head = 2, length = 32;
  (void)session;
  if (is("raw")) head = 0;
  if (is("bits")) { head = 3; memcpy(point, "\x03\x21\x00", 3); }
  if (is("ed448")) { length = 57; point[1] = 57; }
  for (num at = 0; at < 32; at++) { unsigned one; sscanf(hex + 2 * at, "%2x", &one); point[head + at] = is("another") ? 9 : one; }
  for (num at = 0; at < count; at++) {
    switch (list[at].type) {
      case KEY_TYPE: give(&list[at], &kind, sizeof kind); break;
      case ID: give(&list[at], &id, is("no-id") ? 0 : 1); break;
      case LABEL: give(&list[at], "root", 4); break;
      case EC_POINT: if (object == 2) { give(&list[at], point, head + length); break; } /* fallthrough */
      default: list[at].length = (num)-1; said = ATTRIBUTE_TYPE_INVALID;
    }
  }
  return said;
}

static void put(byte **to, const void *bytes, num length) {
  byte big[4] = { length >> 24, length >> 16, length >> 8, length };
  memcpy(*to, big, 4);
  memcpy(*to + 4, bytes, length);
  *to += 4 + length;
}

static int agent = -1;
static num signatures;

static num sign_begin(num session, void *how, num key) {
  (void)session; (void)how; (void)key;
  return is("pulled-out") && signatures == 2 ? DEVICE_REMOVED : OK;
}

static num sign(num session, const byte *message, num length, byte *signature, num *room) {
  byte request[8192], *end = request + 5, key[51], *key_end = key, answer[4 + 1 + 4 + 4 + 11 + 4 + 64];
  const char *hex = getenv("TOKEN_KEY");
  byte public[32];
  struct sockaddr_un at = { .sun_family = AF_UNIX };
  (void)session;
  *room = 64;
  if (!signature) return OK;
  signatures++;
  if (is("breaks")) return GENERAL_ERROR;
  if (is("short")) { *room = 10; return OK; }
  for (num one = 0; one < 32; one++) { unsigned it; sscanf(hex + 2 * one, "%2x", &it); public[one] = it; }
  put(&key_end, "ssh-ed25519", 11);
  put(&key_end, public, 32);
  request[4] = 13;
  put(&end, key, key_end - key);
  put(&end, message, length);
  memset(end, 0, 4);
  end += 4;
  num whole = end - request - 4;
  request[0] = request[1] = 0;
  request[2] = whole >> 8;
  request[3] = whole;
  if (agent < 0) {
    strncpy(at.sun_path, getenv("TOKEN_AT"), sizeof at.sun_path - 1);
    agent = socket(AF_UNIX, SOCK_STREAM, 0);
    if (connect(agent, (struct sockaddr *)&at, sizeof at) != 0) return DEVICE_REMOVED;
  }
  if (write(agent, request, end - request) != end - request) return DEVICE_REMOVED;
  for (num got = 0; got < sizeof answer;) {
    ssize_t some = read(agent, answer + got, sizeof answer - got);
    if (some <= 0) return DEVICE_REMOVED;
    got += some;
  }
  memcpy(signature, answer + sizeof answer - 64, 64);
  return OK;
}

static struct { byte version[2]; void *functions[68]; } list = {
  .version = { 2, 40 },
  .functions = { [0] = initialize, [1] = nothing, [4] = slots, [6] = token_info, [12] = open_session, [13] = nothing, [18] = login, [19] = nothing,
                 [24] = attributes, [26] = find_begin, [27] = find, [28] = nothing, [42] = sign_begin, [43] = sign },
};

num C_GetFunctionList(void **to) { *to = &list; return OK; }
