"""The report as one page of HTML: tables, pictures and sentences, which a template puts in their places."""
