import { describe, expect, it } from "vitest";
import { knownNames, symbolsOf } from "../../src/symbols/function-names.js";

describe("names that people know", () => {
  it.each([
    ["ns::Class::method(int)", "ns::Class::method"],
    ["ns::Class::method() const", "ns::Class::method"],
    ["ns::Class::method() &&", "ns::Class::method"],
    ["ns::operator()(int)", "ns::operator()"],
    ["operator new(unsigned long, std::align_val_t)", "operator new"],
    ["operator<<(ns::A, int)", "operator<<"],
    ["ns::Class::operator bool() const", "ns::Class::operator bool"],
    ["(anonymous namespace)::bar()", "(anonymous namespace)::bar"],
    ["ns::f(int) [clone .isra.0]", "ns::f"],
    ["int ns::twice<int>(int)", "ns::twice"],
    [
      "std::vector<int, std::allocator<int> >::push_back(int&&)",
      "std::vector<int, std::allocator<int> >::push_back",
    ],
    ["void ns::call<void (*)(int)>(void (*)(int))", "ns::call"],
    ["core::fmt::Formatter::pad", "core::fmt::Formatter::pad"],
    ["<alloc::vec::Vec<T> as core::ops::Drop>::drop", "<alloc::vec::Vec<T> as core::ops::Drop>::drop"],
  ])("%s: %s", (demangled, known) => {
    expect(knownNames(demangled)).toContain(known);
    expect(knownNames(demangled)).toContain(demangled.replace(/ \[clone .*/, ""));
  });
});

const FUNCTIONS = new Map([
  ["_ZN2ns5Class6methodEi", 16],
  ["_ZN2ns5Class6methodEPKc", 32],
  ["_ZN2ns5Class6methodEPKc.cold", 40],
  ["_ZN2ns5Class5twiceEi", 16],
  ["_ZN2ns5ClassC1Ev", 64],
  ["_ZN2ns5ClassC2Ev", 64],
  ["main.(*T).Work", 80],
  ["malloc", 96],
]);

describe("functions of a file", () => {
  it.each([
    ["malloc", ["malloc"]],
    ["mall*", ["mall*"]],
    ["ns::Class::method", ["_ZN2ns5Class6methodEi", "_ZN2ns5Class6methodEPKc"]],
    ["ns::Class::method(int)", ["_ZN2ns5Class6methodEi"]],
    ["_ZN2ns5Class6methodEi", ["_ZN2ns5Class6methodEi"]],
    // Two names at one place are one function, which would count twice.
    ["ns::Class::Class", ["_ZN2ns5ClassC1Ev"]],
    ["ns::*", ["_ZN2ns5Class6methodEi", "_ZN2ns5Class6methodEPKc", "_ZN2ns5ClassC1Ev"]],
    // A tracer would take it for a pattern.
    ["main.(*T).Work", ["0x50"]],
    ["ns::Class::none", []],
  ])("%s", (written, found) => {
    expect(symbolsOf(FUNCTIONS, written)).toEqual(found);
  });
});
