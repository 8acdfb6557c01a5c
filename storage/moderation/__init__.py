"""What happens to a message: `receiving` stores it, `inbox` hands it out and records its verdict, `corrections` and
`orders` hold what moderators decide, `reports` and `appeals` what members say, `standing` and `authors` what an author
has earned. `requested_actions` carries the consequences to Telegram; `sanctions` and `sanctions_in_force` keep track of
bans and restrictions. `verdicts` reads what was judged.
"""
