namespace FanIn.Tests;

public sealed class NearestTests
{
    [Theory]
    [InlineData("relu", "relu")]
    [InlineData("RELU", "relu")]
    [InlineData("rleu", "relu")]
    [InlineData("reul", "relu")]
    [InlineData("lecun tanh", "lecun_tanh")]
    [InlineData("lecun-tanh", "lecun_tanh")]
    [InlineData("leakyrelu", "leaky_relu")]
    [InlineData("tnah", "tanh")]
    [InlineData("foo", null)] // two of the three letters of cos
    [InlineData("xi", null)]
    [InlineData("", null)]
    [InlineData("transformer", null)]
    public void OfActivations(string text, string? nearest) =>
        Assert.Equal(nearest, Spelling.Nearest(text, Activation.Names));

    [Fact]
    public void TheNearerWinsThenTheFirst()
    {
        Assert.Equal("abcdefgh", Spelling.Nearest("abcdefgx", ["abcdefyz", "abcdefgh"]));
        Assert.Equal("abcdefgy", Spelling.Nearest("abcdefgx", ["abcdefgy", "abcdefgz"]));
        Assert.Null(Spelling.Nearest("abc", []));
        Assert.Null(Spelling.Nearest(new string('a', 129), [new string('a', 129)]));
    }

    /// <summary>The distance against its definition by plain recursion, on all short words of two letters.</summary>
    [Fact]
    public void DistanceIsTheLeastNumberOfEdits()
    {
        string[] words = [.. Enumerable.Range(0, 5).SelectMany(Words)];
        foreach (string a in words)
        {
            foreach (string b in words.Where(b => b.Length == 4))
            {
                bool near = Edits(a, b) <= 1;
                Assert.Equal(near ? b : null, Spelling.Nearest(a, [b]));
            }
        }

        static IEnumerable<string> Words(int length) =>
            Enumerable
                .Range(0, 1 << length)
                .Select(bits =>
                    string.Concat(Enumerable.Range(0, length).Select(i => (bits >> i & 1) == 0 ? 'a' : 'b'))
                );

        static int Edits(string a, string b) =>
            a.Length == 0 ? b.Length
            : b.Length == 0 ? a.Length
            : new[]
            {
                Edits(a[1..], b) + 1,
                Edits(a, b[1..]) + 1,
                Edits(a[1..], b[1..]) + (a[0] == b[0] ? 0 : 1),
                a.Length > 1 && b.Length > 1 && a[0] == b[1] && a[1] == b[0] ? Edits(a[2..], b[2..]) + 1 : 99,
            }.Min();
    }
}
