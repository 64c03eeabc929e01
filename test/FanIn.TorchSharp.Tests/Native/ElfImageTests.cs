using CsCheck;

namespace FanIn.TorchSharp.Tests.Native;

public sealed class ElfImageTests
{
    [Fact]
    public void Reads_what_the_library_needs()
    {
        ElfImage image = ElfImage.Parse(TorchSharpLibrary.Bytes());

        Assert.Contains("libtorch.so", image.Needed);
        Assert.Contains("libc10.so", image.Needed);
        Assert.Contains("libstdc++.so.6", image.Needed);
        Assert.Equal(image.VersionNeeds.Count, image.VersionNeeds.Select(need => need.Index).Distinct().Count());
        Assert.All(image.VersionNeeds, need => Assert.Contains(need.Library, image.Needed));
        Assert.All(image.VersionNeeds, need => Assert.False(need.IsWeak));
        VersionNeed unused = Assert.Single(image.VersionNeeds, need => need.Version == TorchSharpLibrary.UnusedVersion);
        Assert.Equal("libstdc++.so.6", unused.Library);
    }

    [Fact]
    public void One_version_alone_is_used_by_no_relocation()
    {
        ElfImage image = ElfImage.Parse(TorchSharpLibrary.Bytes());

        IEnumerable<string> unused = image
            .VersionNeeds.Where(need => !image.IsVersionUsed(need.Index))
            .Select(need => need.Version);

        Assert.Equal(
            [TorchSharpLibrary.UnusedVersion],
            unused.Where(v => v.StartsWith("GLIBCXX", StringComparison.Ordinal))
        );
        Assert.True(image.IsVersionUsed(image.VersionNeeds.Single(need => need.Version == "GLIBCXX_3.4.30").Index));
    }

    [Theory]
    [InlineData("")]
    [InlineData("MZ")]
    [InlineData("\u007fELF")]
    [InlineData("\u007fELF\u0001\u0001 and a text that is longer than the 64 bytes of an ELF file's header")]
    public void Refuses_what_is_no_library(string text)
    {
        byte[] bytes = System.Text.Encoding.Latin1.GetBytes(text);
        Assert.Throws<InvalidDataException>(() => ElfImage.Parse(bytes));
    }

    [Fact]
    public void Refuses_a_library_of_another_machine()
    {
        byte[] bytes = [.. TorchSharpLibrary.Bytes()];
        bytes[18] = 243; // RISC-V

        InvalidDataException error = Assert.Throws<InvalidDataException>(() => ElfImage.Parse(bytes));

        Assert.Contains("x86-64 or aarch64", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Refuses_every_cut_before_the_dynamic_table()
    {
        byte[] bytes = TorchSharpLibrary.Bytes();
        // The dynamic table of this library lies behind its code, four fifths into the file.
        Gen.Int[0, bytes.Length / 2]
            .Sample(
                length => Assert.Throws<InvalidDataException>(() => Read(bytes[..length])),
                iter: 50,
                seed: "0N0XIzNsQ0O2"
            );
    }

    [Fact]
    public void Survives_any_change_of_its_tables()
    {
        byte[] bytes = TorchSharpLibrary.Bytes();
        int[] places = Places(bytes);
        Gen<(int, byte)[]> changes = Gen.Select(Gen.Int[0, places.Length - 1].Select(i => places[i]), Gen.Byte).Array[
            1,
            8
        ];

        // The tables, not the bulk of the file, decide about every offset and every loop of the reader.
        changes.Sample(
            made =>
            {
                byte[] changed = [.. bytes];
                foreach ((int place, byte value) in made)
                {
                    changed[place] = value;
                }

                return !Record(() => Read(changed));
            },
            iter: 300,
            seed: "0N0XIzNsQ0O2"
        );
    }

    [Fact]
    public void Survives_any_bytes_behind_an_honest_start()
    {
        byte[] bytes = TorchSharpLibrary.Bytes();
        Gen.Select(Gen.Int[0, 4096], Gen.Byte.Array[0, 4096])
            .Sample((kept, tail) => !Record(() => Read([.. bytes[..kept], .. tail])), iter: 300, seed: "0N0XIzNsQ0O2");
    }

    private static void Read(byte[] bytes)
    {
        ElfImage image = ElfImage.Parse(bytes);
        foreach (VersionNeed need in image.VersionNeeds.Take(3))
        {
            _ = image.IsVersionUsed(need.Index);
        }
    }

    /// <summary>Whether reading ended in anything but success or the documented error.</summary>
    private static bool Record(Action read) =>
        Xunit.Record.Exception(read) is { } error && error is not InvalidDataException;

    /// <summary>The bytes of the header, the program headers, the dynamic table and the version needs.</summary>
    private static int[] Places(byte[] bytes)
    {
        int headers = 64 + 56 * BitConverter.ToUInt16(bytes, 56);
        int dynamic = Enumerable
            .Range(0, BitConverter.ToUInt16(bytes, 56))
            .Select(i => 64 + 56 * i)
            .Where(at => BitConverter.ToInt32(bytes, at) == 2)
            .Select(at => (int)BitConverter.ToInt64(bytes, at + 8))
            .Single();
        int needs = ElfImage.Parse(bytes).VersionNeeds.Min(need => need.FlagsOffset) - 20;
        return
        [
            .. Enumerable.Range(0, headers),
            .. Enumerable.Range(dynamic, 36 * 16),
            .. Enumerable.Range(needs, 0x210),
        ];
    }
}
