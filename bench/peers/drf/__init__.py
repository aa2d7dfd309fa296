"""Leads in Django REST Framework, as a good tutorial would write them."""
