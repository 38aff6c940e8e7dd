/**
 * What a flame graph does in a browser: zoom, search, reset. It takes what it needs from the elements, so
 * that no text of a query or of a kernel is ever part of a program. Written in what all browsers have; it
 * must not contain `]]>`.
 */
export const FLAME_SCRIPT = String.raw`
(function () {
  "use strict";
  var script = document.currentScript;
  var root = script.parentNode;
  var width = +root.getAttribute("data-width");
  var letter = +root.getAttribute("data-letter");
  var whole = +root.getAttribute("data-total");
  var NS = "http://www.w3.org/2000/svg";
  var XHTML = "http://www.w3.org/1999/xhtml";
  var find = function (name) { return root.querySelector("." + name); };
  var frames = Array.prototype.map.call(root.querySelectorAll(".frames > g"), function (g) {
    var numbers = g.getAttribute("data-f").split(" ");
    return {
      g: g,
      start: +numbers[0],
      total: +numbers[1],
      depth: +numbers[2],
      rect: g.querySelector("rect"),
      text: g.querySelector("text"),
      name: g.querySelector("title").textContent.split("\n")[0]
    };
  });
  var rows = root.getAttribute("data-rows").split(" ").map(Number);
  var height = frames.reduce(function (most, frame) {
    return Math.max(most, -frame.rect.getAttribute("y"));
  }, 0);
  var zoomed = null;

  // The picture is as tall as what is in view, and what stands below it moves along.
  function resize(tall) {
    var change = tall - height;
    if (!change) return;
    height = tall;
    [find("frames"), find("foot")].forEach(function (g) {
      var at = /translate\(([-\d.]+) ([-\d.]+)\)/.exec(g.getAttribute("transform"));
      g.setAttribute("transform", "translate(" + at[1] + " " + (+at[2] + change) + ")");
    });
    var inner = root.parentNode;
    var outer = inner.parentNode;
    grow(inner, change);
    if (outer.namespaceURI !== NS) return;
    // What was clicked stays where it is.
    if (alone) window.scrollBy(0, change);
    grow(outer, change);
    for (var next = inner.nextElementSibling; next; next = next.nextElementSibling)
      next.setAttribute("y", +next.getAttribute("y") + change);
  }

  function grow(svg, change) {
    var tall = +svg.getAttribute("height") + change;
    svg.setAttribute("height", tall);
    if (svg.hasAttribute("viewBox")) svg.setAttribute("viewBox", "0 0 " + svg.getAttribute("width") + " " + tall);
  }

  function arrange(places) {
    var widest = [];
    places.forEach(function (each) {
      var level = each.frame.depth + 1;
      widest[level] = Math.max(widest[level] || 0, each.w);
    });
    var tall = 0;
    var levels = widest.map(function (w) {
      var high = w >= rows[2] ? rows[0] : rows[1];
      tall += high;
      return { y: -tall, high: high };
    });
    places.forEach(function (each) { place(each.frame, each.x, each.w, levels[each.frame.depth + 1]); });
    resize(tall);
  }

  function place(frame, x, w, level) {
    frame.g.style.display = "";
    frame.rect.setAttribute("x", x);
    frame.rect.setAttribute("width", Math.max(0, w));
    frame.rect.setAttribute("y", level.y);
    frame.rect.setAttribute("height", level.high - 1);
    var room = Math.floor((w - 6) / letter);
    var name = frame.name;
    if (name.length > room) name = room < 3 ? "" : name.slice(0, room - 1) + "\u2026";
    if (!frame.text && name) {
      frame.text = document.createElementNS(NS, "text");
      frame.g.appendChild(frame.text);
    }
    if (!frame.text) return;
    frame.text.setAttribute("x", x + 3);
    frame.text.setAttribute("y", level.y + 11.5);
    frame.text.textContent = name;
  }

  function zoom(to) {
    zoomed = to;
    var start = to ? to.start : 0;
    var total = to ? to.total : whole;
    var depth = to ? to.depth : -1;
    var places = [];
    frames.forEach(function (frame) {
      var holds = frame.depth < depth && frame.start <= start && frame.start + frame.total >= start + total;
      frame.g.classList.toggle("under", holds);
      if (holds) places.push({ frame: frame, x: 0, w: width });
      else if (frame.depth >= depth && frame.start >= start && frame.start + frame.total <= start + total)
        places.push({ frame: frame, x: (frame.start - start) / total * width, w: frame.total / total * width });
      else frame.g.style.display = "none";
    });
    arrange(places);
    find("reset").classList.toggle("off", !to);
  }

  function matcher(text) {
    try {
      var pattern = new RegExp(text, "i");
      return function (name) { return pattern.test(name); };
    } catch (_) {
      var lower = text.toLowerCase();
      return function (name) { return name.toLowerCase().indexOf(lower) !== -1; };
    }
  }

  function search(text) {
    var matches = text ? matcher(text) : function () { return false; };
    var sum = 0, count = 0, end = -1;
    frames.forEach(function (frame) {
      var found = matches(frame.name);
      frame.g.classList.toggle("found", found);
      if (!found) return;
      count++;
      // A frame inside one that was counted is part of it.
      if (frame.start < end) return;
      sum += frame.total;
      end = frame.start + frame.total;
    });
    find("matched").textContent = text
      ? "matched " + (100 * sum / whole).toFixed(1) + "% in " + count + (count === 1 ? " frame" : " frames")
      : "";
  }

  find("buttons").classList.remove("off");
  find("reset").classList.add("off");
  var box = document.createElementNS(NS, "foreignObject");
  var label = find("search").getBBox();
  [["x", label.x - 214], ["y", label.y - 5], ["width", 210], ["height", 24]].forEach(function (pair) {
    box.setAttribute(pair[0], pair[1]);
  });
  var input = document.createElementNS(XHTML, "input");
  input.setAttribute("placeholder", "name or regular expression");
  input.setAttribute("aria-label", "search");
  input.setAttribute("style", "display:none;width:200px;box-sizing:border-box;font:inherit;height:20px;margin:1px");
  box.appendChild(input);
  find("foot").appendChild(box);
  function openSearch() {
    input.style.display = "block";
    input.focus();
    input.select();
  }
  function closeSearch() {
    input.value = "";
    input.style.display = "none";
    search("");
  }
  input.addEventListener("input", function () { search(input.value); });

  root.addEventListener("click", function (event) {
    var target = event.target;
    if (target.closest(".reset")) return zoom(null);
    if (target.closest(".search")) return input.style.display === "none" ? openSearch() : closeSearch();
    var g = target.closest(".frames > g");
    if (!g) return;
    var frame = frames.filter(function (each) { return each.g === g; })[0];
    zoom(frame === zoomed ? null : frame);
  });
  // In a page the browser's own search is left alone.
  var alone = document.documentElement.namespaceURI === NS;
  var ground = find("foot").getBoundingClientRect().bottom + 12;
  if (alone && ground > window.innerHeight) window.scrollTo(0, ground - window.innerHeight);
  document.addEventListener("keydown", function (event) {
    if (alone && ((event.key === "f" && (event.ctrlKey || event.metaKey)) || event.key === "F3")) {
      if (document.activeElement === input) return;
      event.preventDefault();
      openSearch();
    } else if (event.key === "Escape") {
      if (input.style.display !== "none") closeSearch();
      else if (zoomed) zoom(null);
    }
  });
})();
`;
