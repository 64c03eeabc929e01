namespace FanIn.TorchSharp.Tests.Native;

public sealed class WeakVersionTests
{
    [Fact]
    public void Marks_one_bit_of_one_entry()
    {
        byte[] original = TorchSharpLibrary.Bytes();
        ElfImage image = ElfImage.Parse(original);
        VersionNeed unused = Need(image, TorchSharpLibrary.UnusedVersion);

        byte[] marked = WeakVersion.Mark(image, original, unused);

        int changed = Assert.Single(Enumerable.Range(0, original.Length), i => original[i] != marked[i]);
        Assert.Equal(2, original[changed] ^ marked[changed]);
        IReadOnlyList<VersionNeed> again = ElfImage.Parse(marked).VersionNeeds;
        Assert.Equal(TorchSharpLibrary.UnusedVersion, Assert.Single(again, need => need.IsWeak).Version);
        Assert.Equal(image.VersionNeeds, again.Select(need => need with { Flags = 0 }));
    }

    [Fact]
    public void Refuses_a_version_that_a_relocation_uses()
    {
        byte[] original = TorchSharpLibrary.Bytes();
        ElfImage image = ElfImage.Parse(original);

        InvalidDataException error = Assert.Throws<InvalidDataException>(() =>
            WeakVersion.Mark(image, original, Need(image, "GLIBCXX_3.4.30"))
        );

        Assert.Contains("GLIBCXX_3.4.30", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/lib/libstdc++.so.6: version `GLIBCXX_3.4.32' not found (required by )", "GLIBCXX_3.4.32")]
    [InlineData("/lib/libstdc++.so.6: Version »GLIBCXX_3.4.30« nicht gefunden (benötigt von )", "GLIBCXX_3.4.30")]
    [InlineData("/lib/libc.so.6: version `GLIBC_2.2.5' not found", "GLIBC_2.2.5")]
    [InlineData("version `GLIBCXX_3.4.33' not found (required by libother.so)", null)]
    [InlineData("libtorch.so: cannot open shared object file: No such file or directory", null)]
    [InlineData("", null)]
    public void Finds_the_version_that_the_loader_misses(string message, string? version)
    {
        ElfImage image = ElfImage.Parse(TorchSharpLibrary.Bytes());

        VersionNeed? missing = WeakVersion.Missing(image, message);

        Assert.Equal(version, missing?.Version);
        Assert.True(missing is null || message.Contains(missing.Value.Library, StringComparison.Ordinal));
    }

    [Fact]
    public void A_marked_version_is_not_missed_again()
    {
        byte[] original = TorchSharpLibrary.Bytes();
        ElfImage image = ElfImage.Parse(original);
        byte[] marked = WeakVersion.Mark(image, original, Need(image, TorchSharpLibrary.UnusedVersion));

        Assert.Null(WeakVersion.Missing(ElfImage.Parse(marked), $"libstdc++.so.6: {TorchSharpLibrary.UnusedVersion}"));
    }

    private static VersionNeed Need(ElfImage image, string version) =>
        image.VersionNeeds.Single(need => need.Version == version);
}
