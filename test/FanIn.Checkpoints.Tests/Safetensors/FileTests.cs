using CsCheck;

namespace FanIn.Checkpoints.Tests;

/// <summary>Writing files and reading them back.</summary>
public sealed class FileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static byte[] Values(SafetensorsTensor tensor)
    {
        byte[] bytes = new byte[tensor.ByteCount];
        for (int i = 0; i < bytes.Length; i++)
        {
            // Truth values are 0 or 1.
            bytes[i] = (byte)((tensor.Begin + i) * 37 & (tensor.Type == SafetensorsType.Bool ? 1 : 255));
        }
        return bytes;
    }

    private string Write(SafetensorsHeader header, int piece = int.MaxValue, string name = "w.safetensors")
    {
        using SafetensorsWriter writer = SafetensorsWriter.Create(_folder[name], header);
        foreach (SafetensorsTensor tensor in header.Tensors)
        {
            byte[] values = Values(tensor);
            for (int start = 0; start < values.Length; start += piece)
            {
                writer.WriteBytes(tensor.Name, values.AsSpan(start, Math.Min(piece, values.Length - start)));
            }
        }
        writer.Complete();
        return _folder[name];
    }

    [Fact]
    public void AnyTensorsComeBackWhateverThePieces() =>
        Gen.Select(Tensors.Some, Gen.Int[1, 200])
            .Sample(
                (some, piece) =>
                {
                    SafetensorsHeader header = SafetensorsHeader.Create(some.Tensors, some.Metadata);
                    string path = Write(header, piece);
                    Assert.Equal(header.FileLength, new FileInfo(path).Length);
                    using SafetensorsFile file = SafetensorsFile.Open(path);
                    Assert.Equal(some.Metadata, file.Header.Metadata);
                    Assert.Equal(some.Tensors.Length, file.Header.Tensors.Length);
                    foreach (SafetensorsTensor tensor in header.Tensors)
                    {
                        byte[] values = Values(tensor);
                        byte[] read = new byte[values.Length];
                        file.ReadBytes(tensor.Name, read);
                        Assert.Equal(values, read);
                        if (values.Length > 2)
                        {
                            file.ReadBytes(tensor.Name, read.AsSpan(0, 2), start: values.Length - 2);
                            Assert.Equal(values[^2..], read[..2]);
                        }
                    }
                    // Two writers of the same tensors write the same bytes, in memory too.
                    using var memory = new MemoryStream();
                    using var writer = new SafetensorsWriter(
                        memory,
                        SafetensorsHeader.Create(some.Tensors.Reverse(), some.Metadata)
                    );
                    foreach (SafetensorsTensor tensor in header.Tensors)
                    {
                        writer.WriteBytes(tensor.Name, Values(tensor));
                    }
                    writer.Complete();
                    Assert.Equal(File.ReadAllBytes(path), memory.ToArray());
                },
                iter: 100,
                threads: 1
            );

    [Fact]
    public void EveryTypeOfDotNetComesBack()
    {
        Check(SafetensorsType.Bool, true, false, true);
        Check<byte>(SafetensorsType.U8, 0, 7, 255);
        Check<byte>(SafetensorsType.F8_E4M3, 0, 7, 255);
        Check<byte>(SafetensorsType.F8_E5M2, 0, 7, 255);
        Check<byte>(SafetensorsType.F8_E8M0, 0, 7, 255);
        Check<byte>(SafetensorsType.F8_E4M3FNUZ, 0, 7, 255);
        Check<byte>(SafetensorsType.F8_E5M2FNUZ, 0, 7, 255);
        Check<sbyte>(SafetensorsType.I8, -128, 7, 127);
        Check<short>(SafetensorsType.I16, short.MinValue, 7, short.MaxValue);
        Check<ushort>(SafetensorsType.U16, 0, 7, ushort.MaxValue);
        Check(SafetensorsType.F16, (Half)1.5f, Half.NaN, Half.MaxValue);
        Check(SafetensorsType.BF16, (BFloat16)1.5f, (BFloat16)(-3e38f));
        Check(SafetensorsType.I32, int.MinValue, 7, int.MaxValue);
        Check<uint>(SafetensorsType.U32, 0, 7, uint.MaxValue);
        Check(SafetensorsType.F32, 1.5f, float.NaN, float.NegativeInfinity);
        Check(SafetensorsType.F64, 1.5, double.NaN, double.Epsilon);
        Check(SafetensorsType.I64, long.MinValue, 7, long.MaxValue);
        Check<ulong>(SafetensorsType.U64, 0, 7, ulong.MaxValue);
    }

    private void Check<T>(SafetensorsType type, params T[] values)
        where T : unmanaged
    {
        SafetensorsHeader header = SafetensorsHeader.Create([new("w", type, values.Length)]);
        using (SafetensorsWriter writer = SafetensorsWriter.Create(_folder["t.safetensors"], header))
        {
            writer.Write<T>("w", values.AsSpan(0, 1));
            writer.Write<T>("w", values.AsSpan(1));
            writer.Complete();
        }
        using SafetensorsFile file = SafetensorsFile.Open(_folder["t.safetensors"]);
        Assert.Equal(values, file.Read<T>("w"));
        T[] last = new T[1];
        file.Read<T>("w", last, start: values.Length - 1);
        Assert.Equal(values[^1], last[0]);
    }

    [Fact]
    public void FloatsLieAsTheFormatHasThem()
    {
        using var stream = new MemoryStream();
        using var writer = new SafetensorsWriter(stream, SafetensorsHeader.Create([new("w", SafetensorsType.F32, 2)]));
        writer.Write<float>("w", [1f, -2f]);
        writer.Complete();
        Assert.Equal([0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0], stream.ToArray()[^8..]);
    }

    [Fact]
    public void ValuesAreReadOnSeveralThreadsAtOnce()
    {
        using SafetensorsFile file = SafetensorsFile.Open(
            Write(SafetensorsHeader.Create([new("w", SafetensorsType.U8, 1 << 20)]))
        );
        byte[] expected = Values(file.Header["w"]);
        byte[] read = new byte[1 << 20];
        Parallel.For(0, 64, i => file.ReadBytes("w", read.AsSpan(i << 14, 1 << 14), (long)i << 14));
        Assert.Equal(expected, read);
    }

    [Fact]
    public void WhatATensorDoesntHaveIsSaid()
    {
        using SafetensorsFile file = SafetensorsFile.Open(
            Write(
                SafetensorsHeader.Create([
                    new("w", SafetensorsType.F32, 3),
                    new("q", SafetensorsType.F4, 4),
                    new("b", SafetensorsType.BF16, 2),
                ])
            )
        );
        Assert.StartsWith(
            "The tensor 'b' holds BF16, which is BFloat16 and not Single; convert the values, or take the bytes.",
            Assert.Throws<ArgumentException>(() => file.Read<float>("b")).Message
        );
        Assert.StartsWith(
            "The tensor 'q' holds F4, which .NET has no type for; take its bytes.",
            Assert.Throws<ArgumentException>(() => file.Read<byte>("q")).Message
        );
        Assert.StartsWith(
            "The tensor 'w' has 3 elements; 2 from 2 on aren't all there.",
            Assert.Throws<ArgumentException>(() => file.Read<float>("w", new float[2], 2)).Message
        );
        Assert.Throws<ArgumentException>(() => file.Read<float>("w", new float[2], -1));
        Assert.Throws<ArgumentException>(() => file.Read<float>("w", new float[2], long.MaxValue));
        Assert.StartsWith(
            "The tensor 'w' has 12 bytes; 13 from 0 on aren't all there.",
            Assert.Throws<ArgumentException>(() => file.ReadBytes("w", new byte[13])).Message
        );
        Assert.Throws<KeyNotFoundException>(() => file.Read<float>("v"));
        file.Read<float>("w", [], 3);
    }

    [Fact]
    public void ATruthValueIsZeroOrOne()
    {
        byte[] bytes = SafetensorsBytes.Of("{" + SafetensorsBytes.Entry("m", "BOOL", "[4]", 0, 4) + "}", 4);
        using SafetensorsFile file = SafetensorsFile.Open(_folder.Write("m.safetensors", bytes));
        bool[] first = new bool[2];
        file.Read<bool>("m", first);
        Assert.Equal([false, true], first);
        Assert.Equal(
            $"'{_folder["m.safetensors"]}' has 2 as element 2 of the tensor 'm', where 0 or 1 belongs.",
            Assert.Throws<SafetensorsException>(() => file.Read<bool>("m")).Message
        );
        byte[] raw = new byte[4];
        file.ReadBytes("m", raw);
        Assert.Equal([0, 1, 2, 3], raw);
    }

    [Fact]
    public void AFileThatIsCutOffWhileItIsOpenIsAnErrorAndNoCrash()
    {
        string path = Write(SafetensorsHeader.Create([new("w", SafetensorsType.U8, 100_000)]));
        using SafetensorsFile file = SafetensorsFile.Open(path);
        using (FileStream cut = new(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete))
        {
            cut.SetLength(50_000);
        }
        Assert.Equal(
            $"'{path}' ends inside the tensor 'w': it was cut off since it was opened.",
            Assert.Throws<SafetensorsException>(() => file.Read<byte>("w")).Message
        );
    }

    [Fact]
    public void WhatIsNoFileIsSaid()
    {
        Assert.Equal($"'{_folder["no"]}' isn't there.", Fault(_folder["no"]));
        Assert.Equal($"'{_folder.Path}' is a folder where a file is wanted.", Fault(_folder.Path));
        Assert.Equal(
            $"'{_folder["empty"]}' is empty, or no file but a pipe or device.",
            Fault(_folder.Write("empty", []))
        );
        Assert.StartsWith(
            $"'{_folder["short"]}' is no valid safetensors file: it has 1 bytes",
            Fault(_folder.Write("short", [1]))
        );
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal("'/dev/zero' is empty, or no file but a pipe or device.", Fault("/dev/zero"));
            File.CreateSymbolicLink(_folder["link"], "nowhere");
            Assert.Equal(
                $"'{_folder["link"]}' is a link to '{_folder["nowhere"]}', which isn't there.",
                Fault(_folder["link"])
            );
        }

        static string Fault(string path) =>
            Assert.Throws<SafetensorsException>(() => SafetensorsFile.Open(path)).Message;
    }

    [Fact]
    public void APipeIsntWaitedFor()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/mkfifo"), "needs mkfifo");
        System.Diagnostics.Process.Start("/usr/bin/mkfifo", _folder["pipe"]).WaitForExit();
        Assert.EndsWith(
            "is empty, or no file but a pipe or device.",
            Assert.Throws<SafetensorsException>(() => SafetensorsFile.Open(_folder["pipe"])).Message
        );
    }

    [Fact]
    public void ALinkThatWasNamedIsFollowed()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "links need a right there");
        string path = Write(SafetensorsHeader.Create([new("w", SafetensorsType.U8, 5)]));
        File.CreateSymbolicLink(_folder["link"], path);
        using SafetensorsFile file = SafetensorsFile.Open(_folder["link"]);
        Assert.Equal(5, file.Read<byte>("w").Length);
    }

    [Fact]
    public void TheWriterTakesTensorsInTheirOrderAndAllOfThem()
    {
        SafetensorsHeader header = SafetensorsHeader.Create([
            new("a", SafetensorsType.U8, 2),
            new("e", SafetensorsType.F64, 0),
            new("b", SafetensorsType.F32, 2),
        ]);
        string path = _folder["w.safetensors"];
        using (SafetensorsWriter writer = SafetensorsWriter.Create(path, header))
        {
            Assert.Equal("b", writer.Current!.Name);
            writer.Write<double>("e", []);
            Assert.StartsWith(
                "The tensor 'a' isn't the next one: that is 'b'. The header's order is that of the file.",
                Assert.Throws<ArgumentException>(() => writer.Write<byte>("a", [1, 2])).Message
            );
            writer.Write<float>("b", [1]);
            Assert.Equal(
                "The tensor 'b' has 4 of its 8 bytes; all tensors must be written before the file is complete.",
                Assert.Throws<InvalidOperationException>(writer.Complete).Message
            );
            Assert.StartsWith(
                "The tensor 'b' has 4 bytes left, but 8 are given.",
                Assert.Throws<ArgumentException>(() => writer.Write<float>("b", [1, 2])).Message
            );
            Assert.Throws<ArgumentException>(() => writer.Write<int>("b", [1]));
            Assert.Throws<KeyNotFoundException>(() => writer.WriteBytes("c", [1]));
            writer.Write<float>("b", [2]);
            writer.Write<byte>("a", [1, 2]);
            Assert.Null(writer.Current);
            Assert.StartsWith(
                "The tensor 'a' isn't the next one: all are written.",
                Assert.Throws<ArgumentException>(() => writer.Write<byte>("a", [1])).Message
            );
        }
        // It wasn't completed.
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void FilesAbove4GBWork()
    {
        const long Length = 5L << 30;
        SafetensorsHeader header = SafetensorsHeader.Create([
            new("a", SafetensorsType.F32, Length / 4),
            new("z", SafetensorsType.U8, 3),
        ]);
        string path = _folder["large.safetensors"];
        using (AtomicFile file = AtomicFile.Create(path))
        {
            // Only its ends: what lies between takes no room on the disk, and reads as zeros.
            RandomAccess.Write(file.Handle, header.Bytes.Span, 0);
            RandomAccess.Write(file.Handle, [0, 0, 0x80, 0x3f], header.PositionOf(header["z"]) - 4);
            RandomAccess.Write(file.Handle, [1, 2, 3], header.PositionOf(header["z"]));
            file.Commit();
        }
        using SafetensorsFile read = SafetensorsFile.Open(path);
        Assert.Equal(header.FileLength, new FileInfo(path).Length);
        Assert.Equal([1, 2, 3], read.Read<byte>("z"));
        float[] last = new float[2];
        read.Read<float>("a", last, Length / 4 - 2);
        Assert.Equal([0, 1], last);
        using (FileStream cut = new(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete))
        {
            cut.SetLength(header.FileLength - (1L << 32));
        }
        Assert.Contains("it is cut off", Assert.Throws<SafetensorsException>(() => SafetensorsFile.Open(path)).Message);
    }
}
