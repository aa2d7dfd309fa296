"""The routes."""

from django.urls import include, path
from rest_framework.routers import SimpleRouter

from bench.peers.drf.views import LeadViewSet

router = SimpleRouter()
router.register("leads", LeadViewSet)
urlpatterns = [path("api/", include(router.urls))]
