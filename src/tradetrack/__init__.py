"""Forecasts of whether, when and by whose figures an announced trade goal is met."""
