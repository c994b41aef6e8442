"""Tables as people keep them: workbooks, and what statistical services answer."""
