#!/usr/bin/python3
"""Replaces the notification service of the desktop: appends each notification as a line of JSON to the file argv[1]."""
import json
import sys

from gi.repository import Gio, GLib

INTERFACE = """<node><interface name="org.freedesktop.Notifications">
<method name="Notify">
  <arg type="s" direction="in"/><arg type="u" direction="in"/><arg type="s" direction="in"/>
  <arg type="s" direction="in"/><arg type="s" direction="in"/><arg type="as" direction="in"/>
  <arg type="a{sv}" direction="in"/><arg type="i" direction="in"/><arg type="u" direction="out"/>
</method>
<method name="GetCapabilities"><arg type="as" direction="out"/></method>
<method name="GetServerInformation">
  <arg type="s" direction="out"/><arg type="s" direction="out"/><arg type="s" direction="out"/><arg type="s" direction="out"/>
</method>
</interface></node>"""


def on_method_call(_connection, _sender, _path, _interface, method, parameters, invocation):
    if method == "Notify":
        summary, body = parameters.unpack()[3:5]
        with open(sys.argv[1], "a", encoding="utf-8") as log:
            log.write(json.dumps({"title": summary, "body": body}) + "\n")
        invocation.return_value(GLib.Variant("(u)", (1,)))
    elif method == "GetCapabilities":
        invocation.return_value(GLib.Variant("(as)", (["body"],)))
    else:
        invocation.return_value(GLib.Variant("(ssss)", ("spool-test", "spool", "1", "1.2")))


def on_bus_acquired(connection, _name):
    info = Gio.DBusNodeInfo.new_for_xml(INTERFACE).interfaces[0]
    connection.register_object("/org/freedesktop/Notifications", info, on_method_call, None, None)


NAME = "org.freedesktop.Notifications"
Gio.bus_own_name(
    Gio.BusType.SESSION,
    NAME,
    Gio.BusNameOwnerFlags.NONE,
    on_bus_acquired,
    lambda *_: print("READY", flush=True),
    lambda *_: sys.exit("the name is taken"),
)
GLib.MainLoop().run()
