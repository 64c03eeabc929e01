namespace FanIn.Cli.Tests;

/// <summary>Texts that a person reads, as they should be. Where a change is meant, copy the actual text from the failure.</summary>
internal static class Golden
{
    public static void Check(string name, string actual)
    {
        using Stream stream =
            typeof(Golden).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"There is no golden text {name}.");
        using var reader = new StreamReader(stream);
        Assert.Equal(reader.ReadToEnd().ReplaceLineEndings("\n"), actual.ReplaceLineEndings("\n"));
    }
}
