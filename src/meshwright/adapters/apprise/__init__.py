"""Mail, chat, pagers and webhooks through the library apprise: one address says which."""

from meshwright.adapters.apprise.notifier import AppriseNotifier

__all__ = ["AppriseNotifier"]
