"""Display: tables, numbers, HTML and pictures, as a person sees them."""
