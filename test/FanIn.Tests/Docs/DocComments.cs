using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace FanIn.Tests.Docs;

/// <summary>The doc comments of the core as the compiler writes them beside the library, as Markdown.</summary>
internal sealed partial class DocComments
{
    private readonly Dictionary<string, XElement> _members;

    public DocComments() =>
        _members = XDocument
            .Load(Path.Combine(AppContext.BaseDirectory, "FanIn.xml"))
            .Descendants("member")
            .ToDictionary(member => member.Attribute("name")!.Value);

    /// <summary>The comment of a method of a class, by its name alone where it has one form.</summary>
    public DocComment OfMethod(string type, string method)
    {
        string prefix = $"M:{type}.{method}";
        (string name, XElement comment) = _members.Single(m =>
            m.Key == prefix || m.Key.StartsWith(prefix + "(", StringComparison.Ordinal)
        );
        return Read(name, comment);
    }

    public DocComment? OfProperty(string type, string property) =>
        _members.TryGetValue($"P:{type}.{property}", out XElement? comment) ? Read(property, comment) : null;

    private DocComment Read(string name, XElement comment)
    {
        if (comment.Element("inheritdoc")?.Attribute("cref")?.Value is { } other)
        {
            comment = _members[other];
        }
        string Text(string part) => comment.Element(part) is { } element ? Markdown(element) : "";
        return new(
            Text("summary") is { Length: > 0 } summary
                ? summary
                : throw new InvalidOperationException($"{name} has no summary."),
            Text("remarks"),
            [.. comment.Elements("param").Select(p => (p.Attribute("name")!.Value, Markdown(p)))]
        );
    }

    private static string Markdown(XElement element)
    {
        var text = new StringBuilder();
        foreach (XNode node in element.Nodes())
        {
            text.Append(
                node switch
                {
                    XText plain => plain.Value,
                    XElement { Name.LocalName: "c" } code => $"`{code.Value}`",
                    XElement { Name.LocalName: "see" } see => $"`{Short(see.Attribute("cref")!.Value)}`",
                    XElement { Name.LocalName: "paramref" } parameter => $"*{parameter.Attribute("name")!.Value}*",
                    XElement { Name.LocalName: "para" } paragraph => $"\n\n{Markdown(paragraph)}\n\n",
                    XElement { Name.LocalName: "list" } list => "\n\n"
                        + string.Concat(list.Elements("item").Select(item => $"- {Markdown(item)}\n"))
                        + "\n",
                    XElement inner => Markdown(inner),
                    _ => "",
                }
            );
        }
        return Spaces()
            .Replace(Lines().Replace(text.ToString().Replace("<", "&lt;", StringComparison.Ordinal), "\n"), " ")
            .Replace("\n- ", "\u0001", StringComparison.Ordinal)
            .Replace("\n\n", "\u0002", StringComparison.Ordinal)
            .Replace('\n', ' ')
            .Replace("\u0001", "\n- ", StringComparison.Ordinal)
            .Replace("\u0002", "\n\n", StringComparison.Ordinal)
            .Trim();
    }

    /// <summary>A member's name without its namespace and parameters: <c>FanMode.Out</c>.</summary>
    private static string Short(string cref)
    {
        string name = cref[(cref.IndexOf(':', StringComparison.Ordinal) + 1)..].Split('(')[0];
        string[] parts = name.Split('.');
        return cref[0] == 'T' ? parts[^1] : string.Join('.', parts[^2..]);
    }

    [GeneratedRegex(@"\n[ \t]+", RegexOptions.None, 1000)]
    private static partial Regex Lines();

    [GeneratedRegex(@"[ \t]{2,}", RegexOptions.None, 1000)]
    private static partial Regex Spaces();
}

/// <summary>One member's comment: paragraphs of Markdown.</summary>
internal sealed record DocComment(string Summary, string Remarks, IReadOnlyList<(string Name, string Text)> Parameters);
