"""Releases of a publisher: documents by day, coded by the templates of that publisher.

`text` cleans and divides a document, `persons` says who takes part, `days` when, `templates` which interaction a title
or a sentence states, `headlines` which one a headline or a short message does. What is one publisher's own (its people,
its verbs, its files) stands in a module of its name.
"""
