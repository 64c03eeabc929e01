using System.Collections.Immutable;
using System.Text.RegularExpressions;
using CsCheck;

namespace FanIn.Tests;

public sealed class NamePatternTests
{
    [Theory]
    [InlineData("*.attn.c_attn.weight", "h.0.attn.c_attn.weight", "h.0")]
    [InlineData("*.*.weight", "a.b.c.weight", "a,b.c")]
    [InlineData("*", "", "")]
    [InlineData("**", "ab", ",ab")]
    [InlineData("a*b*c", "aXbYbZc", "X,YbZ")]
    [InlineData("?.weight", "a.weight", null)]
    [InlineData("one|two.*", "two.x", "x")]
    [InlineData(" one | two ", "two", null)]
    public void CapturesAsLittleAsWillDo(string pattern, string name, string? captures)
    {
        ImmutableArray<string>? found = new NamePattern(pattern).Match(name);
        Assert.NotNull(found);
        Assert.Equal(captures is null ? [] : captures.Split(','), found.Value);
    }

    /// <summary>Against .NET's regular expressions, whose lazy groups mean the same.</summary>
    [Fact]
    public void AgreesWithLazyRegularExpressions()
    {
        Gen<string> letters = Gen.String[Gen.Char["ab."], 0, 8];
        Gen.Select(Gen.String[Gen.Char["ab.*?"], 0, 8], letters)
            .Sample(
                (pattern, name) =>
                {
                    string regex = $"^{Regex.Escape(pattern).Replace(@"\*", "(.*?)").Replace(@"\?", ".")}\\z";
                    Match match = Regex.Match(name, regex, RegexOptions.Singleline, TimeSpan.FromSeconds(5));
                    ImmutableArray<string>? found = new NamePattern(pattern).Match(name);
                    return match.Success
                        ? found is { } captures
                            && captures.SequenceEqual(match.Groups.Values.Skip(1).Select(g => g.Value))
                        : found is null;
                },
                iter: 20_000,
                seed: Property.Seed
            );
    }

    [Fact]
    public void ManyStarsTakeNoLongTime()
    {
        string pattern = string.Concat(Enumerable.Repeat("*a", 500)) + "b";
        Assert.Null(new NamePattern(pattern).Match(new string('a', 20_000)));
    }
}
