using FanIn.Tests.Shared;

namespace FanIn.Tests.Docs;

/// <summary>
/// The pages of docs/ that are made from the catalogues are what the catalogues give now. <c>eng/update-docs.sh</c> writes
/// them anew.
/// </summary>
public sealed class GeneratedDocsTests
{
    /// <summary>Set to 1, the tests write the pages instead of comparing them.</summary>
    private const string Update = "FANIN_UPDATE_DOCS";

    [Fact]
    public void ThePageOfInitializersIsCurrent() => Check("initializers.md", InitializerPage.Write());

    [Fact]
    public void ThePageOfActivationsIsCurrent() => Check("activations.md", ActivationPage.Write());

    private static void Check(string name, string page)
    {
        string path = Path.Combine(Readme.RepositoryRoot(), "docs", name);
        if (Environment.GetEnvironmentVariable(Update) == "1")
        {
            File.WriteAllText(path, page);
        }
        Assert.True(File.Exists(path), $"docs/{name} isn't there; eng/update-docs.sh writes it.");
        Assert.Equal(page, File.ReadAllText(path));
    }
}
