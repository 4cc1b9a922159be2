"""Values every room speaks: money, periods, working days, the clock, refusals. Pure; knows no other room."""
