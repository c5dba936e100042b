/* The ring of records (lib/transport/shm/ring_writer.hpp), and how its writer and readers sleep (outflow.hpp, inflow.hpp).
 *
 * What      A writer, a reader that gates it and one that does not, a ring of CELLS records of one cell each, MESSAGES messages.
 *           A record is a word and two halves, so that one of two writings shows. Each step of a process is one access to
 *           memory that others see; the model's memory is sequentially consistent, as seq_cst accesses are.
 * Bound     CELLS 2, MESSAGES 4: cells are overwritten, read late and waited for.
 * Proven    By every order of the steps: the assertions, and that all three come to their end, so that nobody sleeps on.
 * Bugs      With -DBUG=n one invariant is broken, and spin must find it:
 *             1 `written` is moved before the record is whole        2 `reclaimed` after the record is overwritten
 *             3 the writer does not wait for who gates               4 a reader looks for more before it says that it sleeps
 *             5 a writer, too, for room                              6 who reads late does not look at `reclaimed` after its copy
 */
#ifndef BUG
#define BUG 0
#endif
#define CELLS 2
#define MESSAGES 4

byte word[CELLS], first_half[CELLS], second_half[CELLS];
byte written, reclaimed, taken;
bit sleeps[2], woken[2], writer_sleeps, writer_woken;

/* Wakes a reader, if it sleeps. */
inline wake(reader) {
  if
  :: sleeps[reader] -> sleeps[reader] = 0; woken[reader] = 1
  :: else
  fi
}

/* May record i be written? */
#define has_room(i) ((i) + 1 <= taken + CELLS)

active proctype writer() {
  byte i = 0, room;
  do
  :: i < MESSAGES ->
#if BUG != 3
     do
     :: has_room(i) -> break
     :: else ->
#if BUG == 5
        room = has_room(i);
        writer_sleeps = 1;
#else
        writer_sleeps = 1;
        room = has_room(i);
#endif
        if
        :: room -> skip
        :: else -> writer_woken; writer_woken = 0
        fi;
        writer_sleeps = 0
     od;
#endif
#if BUG != 2
     if
     :: i + 1 > CELLS -> reclaimed = i + 1 - CELLS
     :: else
     fi;
#endif
     word[i % CELLS] = i + 1;
#if BUG == 1
     written = i + 1;
#endif
     first_half[i % CELLS] = i + 1;
     second_half[i % CELLS] = i + 1;
#if BUG == 2
     if
     :: i + 1 > CELLS -> reclaimed = i + 1 - CELLS
     :: else
     fi;
#endif
     written = i + 1;
     wake(0);
     wake(1);
     i++
  :: else -> break
  od
}

/* Sleeps while everything that is written has been read. */
inline sleep_on_bell(reader, position) {
  byte seen;
#if BUG == 4
  seen = written;
  sleeps[reader] = 1;
#else
  sleeps[reader] = 1;
  seen = written;
#endif
  if
  :: seen == position -> woken[reader]; woken[reader] = 0
  :: else
  fi;
  sleeps[reader] = 0
}

/* What was read is the record of this place, whole; it is forgotten. */
inline check() {
  assert(value == position + 1 && one == position + 1 && other == position + 1);
  value = 0;
  one = 0;
  other = 0
}

/* Reader 0 gates the writer: it gets each message, whole, in order. */
active proctype reliable() {
  byte position = 0, limit = 0, value, one, other;
  do
  :: position < MESSAGES && position == limit ->
     limit = written;
     if
     :: limit == position -> sleep_on_bell(0, position)
     :: else
     fi
  :: position < MESSAGES && position != limit ->
     value = word[position % CELLS];
     one = first_half[position % CELLS];
     other = second_half[position % CELLS];
     assert(reclaimed <= position);
     d_step { check(); position++ };
     taken = position;
     if
     :: writer_sleeps -> writer_sleeps = 0; writer_woken = 1
     :: else
     fi
  :: else -> break
  od
}

/* Reader 1 may miss messages: what it gets is whole, and of its place. */
active proctype best_effort() {
  byte position = 0, limit = 0, value, one, other;
  do
  :: position < MESSAGES && position == limit ->
     limit = written;
     if
     :: limit == position -> sleep_on_bell(1, position)
     :: else
     fi
  :: position < MESSAGES && position != limit ->
     value = word[position % CELLS];
     one = first_half[position % CELLS];
     other = second_half[position % CELLS];
     if
#if BUG != 6
     :: reclaimed > position -> d_step { position = reclaimed; limit = position; value = 0; one = 0; other = 0 }
#endif
     :: else ->
        d_step { check(); position++ }
     fi
  :: else -> break
  od
}
