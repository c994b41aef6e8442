"""By whose figures was US$ 5 bn met in 2022? It depends on the office, and on the release."""

import tradetrack as tt

ledger = tt.datasets.kazakhstan_uzbekistan()
five, ten = tt.datasets.goals("kazakhstan_uzbekistan")

print(tt.by_whose_figures(ledger, [five, ten]))

print("\nWhat the documents say:")
for row in tt.resolve(ledger, five.model_copy(update={"series": tt.Series(pair="KZ-UZ")})):
    print(f"  {row}")

print("\nAnd in March 2023, before the revisions:")
for judgement in tt.by_whose_figures(ledger, five, as_of="2023-03").judgements:
    found = judgement.latest
    verdict = found.verdict if found else judgement.agreed or "nothing printed"
    print(f"  {judgement.figures}: {judgement.probability:.0%} likely, {verdict}")
