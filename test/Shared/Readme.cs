using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace FanIn.Tests.Shared;

/// <summary>Compares the examples of README.md with the code that tests run.</summary>
internal static partial class Readme
{
    /// <summary>
    /// The code between <c>// example: name</c> and <c>// end</c> of the calling file must stand in README.md, or another
    /// page, to the letter but for indentation.
    /// </summary>
    public static void AssertShows(string name, string page = "README.md", [CallerFilePath] string source = "")
    {
        string code = Example(File.ReadAllText(source), name);
        string readme = File.ReadAllText(Path.Combine(RepositoryRoot(source), page));
        Assert.True(
            Fences()
                .Matches(readme)
                .Any(fence => string.Equals(Normalize(fence.Groups["code"].Value), code, StringComparison.Ordinal)),
            $"{page} has no example that reads:\n{code}"
        );
    }

    /// <summary>What is printed must stand in README.md, or on another page, to the letter.</summary>
    public static void AssertShowsOutput(string output, string page = "README.md", [CallerFilePath] string source = "")
    {
        string readme = File.ReadAllText(Path.Combine(RepositoryRoot(source), page));
        Assert.Contains($"```\n{output.ReplaceLineEndings("\n").TrimEnd()}\n```\n", readme, StringComparison.Ordinal);
    }

    /// <summary>Each relative link and picture of README.md leads to a file of the repository, and to a heading in it.</summary>
    public static void AssertLinks([CallerFilePath] string source = "")
    {
        string root = RepositoryRoot(source);
        string[] targets =
        [
            .. Links()
                .Matches(File.ReadAllText(Path.Combine(root, "README.md")))
                .Select(link => link.Groups["target"].Value)
                .Where(target => !target.Contains(':', StringComparison.Ordinal)),
        ];
        Assert.NotEmpty(targets);
        Assert.All(
            targets,
            target =>
            {
                string[] parts = target.Split('#');
                string path = Path.Combine(root, parts[0]);
                Assert.True(File.Exists(path), $"README.md links to {target}, which isn't there.");
                if (parts.Length > 1)
                {
                    Assert.Contains(parts[1], File.ReadLines(path).Where(l => l.StartsWith('#')).Select(Anchor));
                }
            }
        );
    }

    /// <summary>What a heading is linked to by: its letters and digits in lower case, hyphens for spaces.</summary>
    private static string Anchor(string heading) =>
        string.Concat(
            heading
                .TrimStart('#', ' ')
                .Where(c => char.IsLetterOrDigit(c) || c is ' ' or '-' or '_')
                .Select(c => c == ' ' ? '-' : char.ToLowerInvariant(c))
        );

    private static string Example(string text, string name)
    {
        Match match = Regex.Match(
            text,
            $@"// example: {Regex.Escape(name)}\n(.*?)// end",
            RegexOptions.Singleline,
            TimeSpan.FromSeconds(1)
        );
        Assert.True(match.Success, $"There is no example '{name}'.");
        return Normalize(match.Groups[1].Value);
    }

    private static string Normalize(string code)
    {
        string[] lines = code.Trim('\n').TrimEnd().Split('\n');
        int indent = lines.Where(l => l.Trim().Length > 0).Min(l => l.Length - l.TrimStart().Length);
        return string.Join('\n', lines.Select(l => l.Length > indent ? l[indent..].TrimEnd() : ""));
    }

    /// <summary>The repository's folder, from the path of a source file in it.</summary>
    public static string RepositoryRoot([CallerFilePath] string source = "")
    {
        DirectoryInfo? folder = new FileInfo(source).Directory;
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "FanIn.slnx")))
        {
            folder = folder.Parent;
        }
        return folder?.FullName ?? throw new InvalidOperationException("The tests run outside the repository.");
    }

    [GeneratedRegex("```csharp\n(?<code>.*?)```", RegexOptions.Singleline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Fences();

    [GeneratedRegex(@"\]\((?<target>[^)\s]+)\)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Links();
}
