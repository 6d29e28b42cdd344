"""Why a forecast is what it is: contributions, evidence, summits, analogues and what is missing."""
