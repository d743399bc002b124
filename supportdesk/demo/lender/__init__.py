"""The site of an invented lender, «Лад»: what a real one does to give its borrowers the chat (docs/integrate.md)."""
