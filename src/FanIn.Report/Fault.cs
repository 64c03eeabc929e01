using System.Diagnostics.CodeAnalysis;

namespace FanIn.Report;

/// <summary>A block that contradicts itself: the sentence names it, since it may lie deep in a page.</summary>
internal static class Fault
{
    [SuppressMessage(
        "Usage",
        "MA0015:Specify the parameter name",
        Justification = "The fault lies within a page; its sentence says where, the parameter's name would not."
    )]
    public static ArgumentException In(string what) => new(what);
}
