"""Streets: schedules run over them, and what came of them."""
