"""`{% load activities %}`: the state of an activity as a pill."""

from django import template
from django.utils.safestring import SafeString

from luoshi.activities import tables
from luoshi.activities.models import Activity
from luoshi.page.templatetags.page import pill

register = template.Library()


@register.simple_tag
def state_pill(activity: Activity) -> SafeString:
    """`{% state_pill activity %}`: 已记录, 待单位确认, 退回 …"""
    return pill(tables.state_pill(activity), tables.state_words(activity))
