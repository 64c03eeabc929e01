using System.Runtime.InteropServices;
using System.Text;
using CsCheck;

namespace FanIn.Lab.Tests;

public sealed class NpyArrayTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Every_type_is_read()
    {
        Assert.Equal([1.5f, -2, float.NaN, 4], Numbers("<f4", "(2, 2)", Bytes<float>(1.5f, -2, float.NaN, 4)));
        Assert.Equal([0.1f, 1e30f], Numbers("<f8", "(2,)", Bytes(0.1, 1e30)));
        Assert.Equal([0f, 255], Numbers("|u1", "(2, 1)", [0, 255]));
        NpyArray tokens = Read(File("<i8", "(1, 3)", Bytes(-1L, 7, long.MaxValue)));
        Assert.Equal([-1L, 7, long.MaxValue], Assert.IsType<long[]>(tokens.Values));
        Assert.Equal([1L, 3], tokens.Shape);
    }

    /// <summary>numpy.save(f, numpy.arange(6, dtype='f4').reshape(2, 3)), byte by byte as NumPy 2 writes it.</summary>
    [Fact]
    public void NumPys_own_file_is_read()
    {
        byte[] file =
        [
            .. Convert.FromHexString("934E554D505901007600"),
            .. Encoding.ASCII.GetBytes(
                "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }".PadRight(117) + "\n"
            ),
            .. Convert.FromHexString("000000000000803F00000040000040400000804000" + "00A040"),
        ];

        NpyArray array = Read(file);

        Assert.Equal([2L, 3], array.Shape);
        Assert.Equal([0f, 1, 2, 3, 4, 5], Assert.IsType<float[]>(array.Values));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Every_version_and_order_of_keys_is_read(byte version)
    {
        const string Header = "{'shape':(2,),'descr':'|u1','fortran_order':False}";
        Assert.Equal([3f, 4], Assert.IsType<float[]>(Read(Raw(version, Header, [3, 4])).Values));
    }

    public static TheoryData<string, string, string> Wrong =>
        new()
        {
            {
                "{'descr': '>f4', 'fortran_order': False, 'shape': (1,), }",
                "0000803F",
                "holds elements of type '>f4'; save it as float32, float64 or uint8, or as int64 for token ids, little-endian."
            },
            {
                "{'descr': '|O', 'fortran_order': False, 'shape': (1,), }",
                "00",
                "holds elements of type '|O'; save it as float32, float64 or uint8, or as int64 for token ids, little-endian."
            },
            {
                "{'descr': '<f4', 'fortran_order': True, 'shape': (1, 1), }",
                "0000803F",
                "is stored by columns (Fortran order); save numpy.ascontiguousarray of it."
            },
            {
                "{'descr': '<f4', 'fortran_order': False, 'shape': (3,), }",
                "0000803F",
                "is cut off or damaged: an array of shape (3) of <f4 has 12 bytes, and 4 follow the header."
            },
            {
                "{'descr': '|u1', 'fortran_order': False, 'shape': (1,), }",
                "0000",
                "is cut off or damaged: an array of shape (1) of |u1 has 1 bytes, and 2 follow the header."
            },
            {
                "{'descr': '<f4', 'fortran_order': False, 'shape': (9223372036854775807, 9223372036854775807), }",
                "",
                "is cut off or damaged: an array of shape (9223372036854775807, 9223372036854775807) of <f4 has 340282366920938463389587631136930004996 bytes, and 0 follow the header."
            },
            {
                "{'descr': '<f4', 'fortran_order': False, 'shape': (), }",
                "0000803F",
                "has no axes; a batch needs examples and their values."
            },
            {
                "{'descr': '<f4', 'fortran_order': False, 'shape': (0, 3), }",
                "",
                "has an axis of no or of unknown length, or too many axes; a batch needs examples and their values."
            },
            {
                "{'descr': '<f4', 'fortran_order': False, 'shape': (-1, 3), }",
                "",
                "has an axis of no or of unknown length, or too many axes; a batch needs examples and their values."
            },
            {
                "{'descr': '<f4', 'fortran_order': False}",
                "",
                "isn't in NumPy's format: its header must be a dictionary of descr, fortran_order and shape."
            },
            {
                "import os",
                "",
                "isn't in NumPy's format: its header must be a dictionary of descr, fortran_order and shape."
            },
        };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void What_is_wrong_is_said(string header, string data, string sentence) =>
        Assert.Equal($"'{Path}' {sentence}", Refusal(Raw(1, header, Convert.FromHexString(data))));

    [Fact]
    public void Files_that_are_cut_off_or_of_another_kind_are_refused()
    {
        Assert.Equal(
            $"'{Path}' isn't in NumPy's format: it must begin with the byte 93 and the letters NUMPY.",
            Refusal([])
        );
        Assert.Equal(
            $"'{Path}' isn't in NumPy's format: it must begin with the byte 93 and the letters NUMPY.",
            Refusal(Encoding.ASCII.GetBytes("PK\u0003\u0004 an archive"))
        );
        Assert.Equal($"'{Path}' is of version 9 of NumPy's format; 1, 2 and 3 can be read.", Refusal(Raw(9, "{}", [])));
        Assert.Equal(
            $"'{Path}' is cut off or damaged: its header is said to have 65535 bytes, where the file has 12 and NumPy writes 10000 at most.",
            Refusal([.. Convert.FromHexString("934E554D50590100FFFF"), 1, 2])
        );
        Assert.Equal(
            $"'{Path}' is cut off or damaged: its header is said to have 4294967295 bytes, where the file has 12 and NumPy writes 10000 at most.",
            Refusal(Convert.FromHexString("934E554D50590200FFFFFFFF"))
        );
        Assert.Equal(
            $"There is no file '{Path}x'.",
            Assert.Throws<DataFormatException>(() => NpyArray.Read(DataSource.File(Path + "x"))).Message
        );
    }

    /// <summary>Whatever byte is changed or cut off, it is an array or a sentence.</summary>
    [Fact]
    public void Damage_never_crashes()
    {
        byte[] whole = File("<f4", "(2, 3)", new byte[24]);
        Gen.Select(Gen.Int[0, whole.Length - 1], Gen.Byte, Gen.Int[0, whole.Length])
            .Sample(
                (place, value, length) =>
                {
                    byte[] damaged = [.. whole.Take(length)];
                    if (place < length)
                    {
                        damaged[place] = value;
                    }
                    try
                    {
                        NpyArray array = Read(damaged);
                        Assert.Equal(array.Shape.Aggregate(1L, (a, b) => a * b), array.Values.Length);
                    }
                    catch (DataFormatException e)
                    {
                        Assert.InRange(e.Message.Length, 1, 400);
                    }
                },
                iter: 500,
                threads: 1
            );
    }

    private string Path => System.IO.Path.Combine(_folder.Path, "a.npy");

    private float[] Numbers(string type, string shape, byte[] data) =>
        Assert.IsType<float[]>(Read(File(type, shape, data)).Values);

    private NpyArray Read(byte[] file) => NpyArray.Read(DataSource.File(_folder.Write("a.npy", file)));

    private string Refusal(byte[] file) => Assert.Throws<DataFormatException>(() => Read(file)).Message;

    public static byte[] File(string type, string shape, byte[] data) =>
        Raw(1, $"{{'descr': '{type}', 'fortran_order': False, 'shape': {shape}, }}", data);

    public static byte[] Bytes<T>(params T[] values)
        where T : unmanaged => MemoryMarshal.AsBytes(values.AsSpan()).ToArray();

    private static byte[] Raw(byte version, string header, byte[] data) =>
        [
            0x93,
            .. "NUMPY"u8,
            version,
            0,
            .. version == 1 ? BitConverter.GetBytes((ushort)header.Length) : BitConverter.GetBytes(header.Length),
            .. Encoding.ASCII.GetBytes(header),
            .. data,
        ];
}
