"""From press text to drafts of figures and goals: proposed here, accepted by somebody.

Four steps, each with its table: amounts (`amounts`), periods (`periods`), the frame of a sentence
(`subjects`, `timing`, `rules`), and the check that every reader's quotes pass (`checking`).
"""
