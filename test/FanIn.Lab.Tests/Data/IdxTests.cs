using CsCheck;

namespace FanIn.Lab.Tests;

public sealed class IdxTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Images_round_trip(bool gzip)
    {
        Gen.Select(Gen.Int[1, 5], Gen.Int[1, 6], Gen.Int[1, 6])
            .SelectMany((n, h, w) => Gen.Byte.Array[n * h * w].Select(data => (Dimensions: new[] { n, h, w }, data)))
            .Sample(
                image =>
                {
                    (int[] dimensions, byte[] data) = Idx.ReadImages(
                        Write(TemporaryFolder.Idx(image.Dimensions, image.data), gzip)
                    );
                    return dimensions.SequenceEqual(image.Dimensions) && data.SequenceEqual(image.data);
                },
                seed: "0000000000001",
                iter: 100,
                threads: 1
            );
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_damaged_file_is_read_or_refused_in_one_sentence(bool gzip)
    {
        byte[] image = TemporaryFolder.Idx([3, 4, 5], [.. Enumerable.Range(0, 60).Select(i => (byte)(i * i))]);
        byte[] whole = gzip ? TemporaryFolder.GZip(image) : image;
        Gen.Select(Gen.Int[0, whole.Length], Gen.Int[0, whole.Length - 1], Gen.Byte, Gen.Byte.Array[0, 8])
            .Sample(
                (length, at, value, tail) =>
                {
                    byte[] damaged = [.. whole];
                    damaged[at] = value;
                    damaged = [.. damaged.AsSpan(0, length), .. tail];
                    try
                    {
                        (int[] dimensions, byte[] data) = Idx.ReadImages(Write(damaged, gzip: gzip, packed: true));
                        return dimensions.Aggregate(1, (a, b) => a * b) == data.Length;
                    }
                    catch (DataFormatException exception)
                    {
                        return exception.Message.Contains("images.idx", StringComparison.Ordinal)
                            && exception.Message.EndsWith('.');
                    }
                },
                seed: "0000000000002",
                iter: 2000,
                threads: 1
            );
    }

    [Fact]
    public void Every_truncation_is_refused()
    {
        byte[] image = TemporaryFolder.Idx([2, 3, 3], new byte[18]);
        byte[] packed = TemporaryFolder.GZip(image);
        for (int length = 0; length < image.Length; length++)
        {
            DataSource source = Write(image[..length], gzip: false);
            Assert.Contains("cut off", Refusal(() => Idx.ReadImages(source)), StringComparison.Ordinal);
        }
        for (int length = 0; length < packed.Length; length++)
        {
            DataSource source = Write(packed[..length], gzip: true, packed: true);
            Assert.DoesNotMatch(
                "[0-9]{4}",
                Refusal(() => Idx.ReadImages(source)).Replace(source.Name, "", StringComparison.Ordinal)
            );
        }
    }

    [Fact]
    public void A_cut_off_gzip_file_is_refused_with_what_was_declared_and_what_came()
    {
        var random = new Random(1);
        byte[] pixels = new byte[100_000];
        random.NextBytes(pixels);
        byte[] packed = TemporaryFolder.GZip(TemporaryFolder.Idx([10, 100, 100], pixels));
        DataSource source = Write(packed[..50_000], gzip: true, packed: true);

        Assert.Matches(
            "is cut off or damaged: its header declares 10x100x100 images, 100000 bytes, "
                + "but [1-4][0-9]{4} bytes of them could be unpacked[.]$",
            Refusal(() => Idx.ReadImages(source))
        );
    }

    [Fact]
    public void Labels_are_not_images()
    {
        DataSource source = Write(TemporaryFolder.Idx([2, 1, 1], [1, 2]), gzip: false);

        Assert.Equal(
            $"'{source.Name}' isn't an IDX file of labels: it begins with 0x00000803 instead of 0x00000801.",
            Refusal(() => Idx.ReadLabels(source))
        );
    }

    [Fact]
    public void A_huge_declared_size_is_refused_before_it_is_allocated()
    {
        DataSource source = Write(TemporaryFolder.Idx([int.MaxValue, int.MaxValue, 7], new byte[9]), gzip: false);
        long before = GC.GetAllocatedBytesForCurrentThread();

        string message = Refusal(() => Idx.ReadImages(source));

        Assert.Contains("declares 2147483647x2147483647x7 images", message, StringComparison.Ordinal);
        Assert.Contains("but 9 bytes follow.", message, StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100_000);
    }

    [Fact]
    public void A_gzip_bomb_is_left_at_the_declared_size()
    {
        // 64 MB of zeros behind a header and a trailer that both claim 100 bytes.
        byte[] header = TemporaryFolder.Idx([1, 10, 10], new byte[1 << 26]);
        byte[] packed = TemporaryFolder.GZip(header);
        BitConverter.TryWriteBytes(packed.AsSpan(packed.Length - 4), 116);
        DataSource source = Write(packed, gzip: true, packed: true);
        long before = GC.GetAllocatedBytesForCurrentThread();

        string message = Refusal(() => Idx.ReadImages(source));

        Assert.Equal($"'{source.Name}' holds more bytes than it declares (100 of data).", message);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 400_000);
    }

    [Fact]
    public void A_forged_gzip_trailer_does_not_decide_what_is_allocated()
    {
        byte[] packed = TemporaryFolder.GZip(TemporaryFolder.Idx([1, 1000, 1_000_000], new byte[10]));
        BitConverter.TryWriteBytes(packed.AsSpan(packed.Length - 4), 1_000_000_016);
        DataSource source = Write(packed, gzip: true, packed: true);
        long before = GC.GetAllocatedBytesForCurrentThread();

        Refusal(() => Idx.ReadImages(source));

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 400_000);
    }

    [Fact]
    public void No_images_and_no_gzip_are_said_so()
    {
        Assert.Contains(
            "is empty: its header declares 0x28x28 images.",
            Refusal(() => Idx.ReadImages(Write(TemporaryFolder.Idx([0, 28, 28], []), gzip: false))),
            StringComparison.Ordinal
        );
        Assert.Contains(
            "isn't a gzip file: it begins with the bytes 00 00 instead of 1f 8b.",
            Refusal(() => Idx.ReadImages(Write(new byte[40], gzip: true, packed: true))),
            StringComparison.Ordinal
        );
        Assert.Contains(
            "isn't a gzip file: it has 3 bytes",
            Refusal(() => Idx.ReadImages(Write(new byte[3], gzip: true, packed: true))),
            StringComparison.Ordinal
        );
        Assert.Contains(
            "There is no file",
            Refusal(() => Idx.ReadImages(DataSource.File(Path.Combine(_folder.Path, "none")))),
            StringComparison.Ordinal
        );
    }

    public void Dispose() => _folder.Dispose();

    private static string Refusal(Action read) => Assert.Throws<DataFormatException>(read).Message;

    private DataSource Write(byte[] bytes, bool gzip, bool packed = false) =>
        DataSource.File(
            _folder.Write(gzip ? "images.idx.gz" : "images.idx", gzip && !packed ? TemporaryFolder.GZip(bytes) : bytes)
        );
}
