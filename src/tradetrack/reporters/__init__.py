"""Goals by reporter: the verdict of the documents, and the probability."""
