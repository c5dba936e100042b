/* Slots (lib/transport/shm/slots.hpp): what is read in place is never overwritten, however long it is held.
 *
 * What      A writer and two readers that may miss messages, SLOTS slots, FRAMES frames. A frame is two halves, which its
 *           reader reads one after the other, twice. A reference says in which slot it is, and with which tag.
 * Bound     SLOTS 3, one more than readers, so that the writer always finds one; FRAMES 4.
 * Proven    By every order of the steps: who holds a slot reads its frame, and no other; all come to their end.
 * Bugs      With -DBUG=n one invariant is broken, and spin must find it:
 *             1 the writer looks who holds a slot before it takes its tag away
 *             2 a reader looks at the tag before it says that it holds the slot
 *             3 two frames have the same tag
 */
#ifndef BUG
#define BUG 0
#endif
#define SLOTS 3
#define READERS 2
#define FRAMES 4

byte tag[SLOTS], first_half[SLOTS], second_half[SLOTS];
byte held[READERS]; /* a tag */
byte reference_slot, reference_tag, reference_frame, last;

#if BUG == 3
#define tag_of(frame) (1 + (frame) % 2)
#else
#define tag_of(frame) (frame)
#endif

#define is_held(t) ((t) != 0 && (held[0] == (t) || held[1] == (t)))

active proctype writer() {
  byte frame = 1, slot, old, known[SLOTS];
  bit busy;
  do
  :: frame <= FRAMES ->
     /* Any slot that is free. */
     do
     :: select(slot : 0 .. SLOTS - 1);
        old = known[slot];
#if BUG == 1
        busy = is_held(old);
        tag[slot] = 0;
#else
        tag[slot] = 0;
        busy = is_held(old);
#endif
        if
        :: !busy -> break
        :: else
        fi
     od;
     first_half[slot] = frame;
     second_half[slot] = frame;
     tag[slot] = tag_of(frame);
     known[slot] = tag_of(frame);
     atomic { reference_slot = slot; reference_tag = tag_of(frame); reference_frame = frame };
     frame++
  :: else -> break
  od;
  last = 1
}

proctype reader(byte me) {
  byte slot, wanted, frame, seen;
  do
  :: atomic { reference_tag != 0 -> slot = reference_slot; wanted = reference_tag; frame = reference_frame };
#if BUG == 2
     seen = tag[slot];
     held[me] = wanted;
#else
     held[me] = wanted;
     seen = tag[slot];
#endif
     if
     :: seen == wanted ->
        assert(first_half[slot] == frame);
        assert(second_half[slot] == frame);
        assert(first_half[slot] == frame);
        assert(second_half[slot] == frame)
     :: else
     fi;
     held[me] = 0
  :: last -> break
  od
}

init { run reader(0); run reader(1) }
