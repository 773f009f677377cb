#!/usr/bin/python3
"""Opens a window from which files can be dragged, as from a file manager: drag.py X Y FILE...

Prints READY once a drag can start, FAILED if it fails, and END when it is over."""
import os
import sys
from urllib.parse import quote_from_bytes

arguments, sys.argv[1:] = sys.argv[1:], []  # GTK would try to parse them

import gi

gi.require_version("Gtk", "3.0")
gi.require_version("Gdk", "3.0")
from gi.repository import Gdk, GLib, Gtk

x, y = int(arguments[0]), int(arguments[1])
files = ["file://" + quote_from_bytes(os.path.abspath(os.fsencode(path)), safe="/") for path in arguments[2:]]


def report(word):
    print(word, flush=True)


def on_drag_end(*_):
    report("END")
    GLib.timeout_add(100, Gtk.main_quit)


window = Gtk.Window(title="files")
window.set_decorated(False)
window.set_keep_above(True)
window.set_default_size(80, 80)
box = Gtk.EventBox()
box.add(Gtk.Label(label="files"))
window.add(box)
box.drag_source_set(
    Gdk.ModifierType.BUTTON1_MASK, [Gtk.TargetEntry.new("text/uri-list", 0, 0)], Gdk.DragAction.COPY
)
box.connect("drag-data-get", lambda _w, _c, selection, _i, _t: selection.set_uris(files))
box.connect("drag-failed", lambda *_: report("FAILED"))
box.connect("drag-end", on_drag_end)
window.connect("map-event", lambda *_: GLib.timeout_add(150, lambda: report("READY")))
window.show_all()
window.move(x, y)
GLib.timeout_add_seconds(20, Gtk.main_quit)
Gtk.main()
