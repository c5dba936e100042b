/* The ring of records (lib/transport/shm/ring_writer.hpp), and how its writer and readers sleep (outflow.hpp, inflow.hpp).
 *
 * What      A writer, a reader that gates it and one that does not, a ring of CELLS records of one cell each, MESSAGES messages.
 *           A record is a word and two halves, so that one of two writings shows. Each step of a process is one access to
 *           memory that others see; the model's memory is sequentially consistent, as seq_cst accesses are.
 * Bound     CELLS 3, MESSAGES 5: cells are overwritten, read late and waited for.
 * Proven    By every order of the steps: the assertions, and that all three come to their end, so that nobody sleeps on.
 * Bugs      With -DBUG=n one invariant is broken, and spin must find it:
 *             1 the word is stored before the record is whole        2 the next word keeps what lay there
 *             3 `reclaimed` is moved after the record is overwritten 4 the writer does not wait for who gates
 *             5 a reader looks for more before it says that it sleeps  6 a writer, too, for room
 *             7 who reads late does not look at `reclaimed` after its copy
 */
#ifndef BUG
#define BUG 0
#endif
#define CELLS 3
#define MESSAGES 5

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

/* May record i be written? The word behind it is, too. */
#define has_room(i) ((i) + 2 <= taken + CELLS)

active proctype writer() {
  byte i = 0, room;
  do
  :: i < MESSAGES ->
#if BUG != 4
     do
     :: has_room(i) -> break
     :: else ->
#if BUG == 6
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
#if BUG != 3
     if
     :: i + 2 > CELLS -> reclaimed = i + 2 - CELLS
     :: else
     fi;
#endif
#if BUG == 1
     word[i % CELLS] = i + 1;
#endif
     first_half[i % CELLS] = i + 1;
     second_half[i % CELLS] = i + 1;
#if BUG == 3
     if
     :: i + 1 > CELLS -> reclaimed = i + 1 - CELLS
     :: else
     fi;
#endif
#if BUG != 2
     word[(i + 1) % CELLS] = 0;
#endif
     word[i % CELLS] = i + 1;
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
#if BUG == 5
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

/* Reader 0 gates the writer: it gets each message, whole, in order. */
active proctype reliable() {
  byte position = 0, value, one, other;
  do
  :: position < MESSAGES ->
     value = word[position % CELLS];
     if
     :: value == 0 -> sleep_on_bell(0, position)
     :: else ->
        one = first_half[position % CELLS];
        other = second_half[position % CELLS];
        assert(reclaimed <= position);
        assert(value == position + 1 && one == position + 1 && other == position + 1);
        position++;
        taken = position;
        if
        :: writer_sleeps -> writer_sleeps = 0; writer_woken = 1
        :: else
        fi
     fi
  :: else -> break
  od
}

/* Reader 1 may miss messages: what it gets is whole, and of its place. */
active proctype best_effort() {
  byte position = 0, value, one, other;
  do
  :: position < MESSAGES ->
     value = word[position % CELLS];
     if
     :: value == 0 && reclaimed > position -> position = reclaimed
     :: value == 0 && reclaimed <= position -> sleep_on_bell(1, position)
     :: else ->
        one = first_half[position % CELLS];
        other = second_half[position % CELLS];
        if
#if BUG != 7
        :: reclaimed > position -> position = reclaimed
#endif
        :: else ->
           assert(value == position + 1 && one == position + 1 && other == position + 1);
           position++
        fi
     fi
  :: else -> break
  od
}
