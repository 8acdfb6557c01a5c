"""From a run that is due to a version that serves. Begin with retrain.py: one run on one page.

tasks.py              Celery's entry points: consider a run, tidy up
shrinking.py          a SQLite file gives back the room of what was erased
schedule.py           whether a run starts, and how a shadow or a champion is settled
due.py                why a run is due
retrain.py            one run: collect, fit, register, ask the gate
assembly.py           the fitted parts, evaluated and put together as the version to be
register.py           a version's directory and row
rebuild.py            the snapshot of an earlier version, collected again

gate.py               the gate: may the challenger replace the champion?
gate_evidence.py      what it looks at: both versions' scores
gate_decision.py      what it answers, and its bounds
gate_rule.py          its rule on the hold-out set
gate_presumed_ham.py  its rule on the chats' own ham
gate_scripts.py       its rule on everyday sentences in each script
gate_shadow.py        its rule on live traffic

lease.py              one run at a time
record.py             how far a run is, and how it ended
"""
