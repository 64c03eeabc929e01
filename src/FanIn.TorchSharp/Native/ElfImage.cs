using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace FanIn.TorchSharp;

/// <summary>
/// A shared library in the 64-bit little-endian ELF format (x86-64 and aarch64), read as the dynamic loader reads
/// it: by program headers and the dynamic table, never by section headers, which a loader ignores.
/// </summary>
/// <remarks>
/// Sources: System V ABI, chapter 5, and the Linux Standard Base Core specification, chapter "Symbol Versioning".
/// The bytes are taken for hostile: every offset is checked, every walk is bounded, and whatever doesn't fit is an
/// <see cref="InvalidDataException"/> that says what is wrong.
/// </remarks>
internal sealed class ElfImage
{
    private const int HeaderSize = 64;
    private const int ProgramHeaderSize = 56;
    private const int DynamicEntrySize = 16;
    private const int RelocationSize = 24;

    /// <summary>Version indices have 15 bits, so no honest file has more entries.</summary>
    private const int MaxVersionNeeds = 0x7fff;
    private const int MaxNameLength = 4096;

    private readonly byte[] _bytes;
    private readonly List<Segment> _segments = [];
    private readonly Dictionary<long, ulong> _dynamic = [];
    private readonly List<ulong> _neededNames = [];

    private ElfImage(byte[] bytes) => _bytes = bytes;

    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Segment(ulong Offset, ulong Address, ulong Size);

    /// <summary>The names of the libraries this one asks for (<c>DT_NEEDED</c>), in the file's order.</summary>
    public IReadOnlyList<string> Needed { get; private set; } = [];

    /// <summary>The versions this library asks of others, in the file's order.</summary>
    public IReadOnlyList<VersionNeed> VersionNeeds { get; private set; } = [];

    /// <summary>Reads the headers, the dynamic table and the version needs of <paramref name="bytes"/>.</summary>
    /// <exception cref="InvalidDataException">The bytes aren't such a library, or aren't a whole one.</exception>
    public static ElfImage Parse(byte[] bytes)
    {
        ElfImage image = new(bytes);
        image.ReadProgramHeaders();
        image.Needed = image._neededNames.ConvertAll(image.Name);
        image.VersionNeeds = image.ReadVersionNeeds();
        return image;
    }

    /// <summary>
    /// Whether a relocation refers to a symbol of the version with this index, so that the loader would have to
    /// look it up.
    /// </summary>
    /// <exception cref="InvalidDataException">A relocation table doesn't fit into the file.</exception>
    public bool IsVersionUsed(ushort versionIndex)
    {
        if (_dynamic.ContainsKey(Tag.Rel) || Dynamic(Tag.PltRel, Tag.Rela) != Tag.Rela)
        {
            throw Malformed("its relocations have no addends, which neither x86-64 nor aarch64 knows");
        }

        return IsVersionUsed(versionIndex, Tag.Rela, Tag.RelaSize)
            || IsVersionUsed(versionIndex, Tag.JumpRelocations, Tag.JumpRelocationsSize);
    }

    private bool IsVersionUsed(ushort versionIndex, long tableTag, long sizeTag)
    {
        ulong size = Dynamic(sizeTag, 0);
        if (size == 0)
        {
            return false;
        }

        if (size % RelocationSize != 0)
        {
            throw Malformed($"a relocation table of {size} bytes isn't a whole number of entries");
        }

        ReadOnlySpan<byte> table = At(Required(tableTag), size);
        ulong versions = Required(Tag.VersionSymbols);
        for (; !table.IsEmpty; table = table[RelocationSize..])
        {
            uint symbol = BinaryPrimitives.ReadUInt32LittleEndian(table[12..]);
            if (symbol != 0 && (ReadUInt16(versions + 2UL * symbol) & 0x7fff) == versionIndex)
            {
                return true;
            }
        }

        return false;
    }

    private void ReadProgramHeaders()
    {
        ReadOnlySpan<byte> header = FileSlice(0, HeaderSize);
        if (!header.StartsWith("\u007fELF"u8))
        {
            throw Malformed("it doesn't start as an ELF file does");
        }

        ushort type = BinaryPrimitives.ReadUInt16LittleEndian(header[16..]);
        ushort machine = BinaryPrimitives.ReadUInt16LittleEndian(header[18..]);
        if (header[4] != 2 || header[5] != 1 || type != 3 || machine is not (62 or 183))
        {
            throw Malformed("it isn't a 64-bit little-endian shared library for x86-64 or aarch64");
        }

        ulong table = BinaryPrimitives.ReadUInt64LittleEndian(header[32..]);
        ushort entrySize = BinaryPrimitives.ReadUInt16LittleEndian(header[54..]);
        ushort count = BinaryPrimitives.ReadUInt16LittleEndian(header[56..]);
        if (entrySize != ProgramHeaderSize)
        {
            throw Malformed($"its program headers have {entrySize} bytes instead of {ProgramHeaderSize}");
        }

        ReadOnlySpan<byte> headers = FileSlice(table, (ulong)count * ProgramHeaderSize);
        ReadOnlySpan<byte> dynamic = default;
        for (; !headers.IsEmpty; headers = headers[ProgramHeaderSize..])
        {
            uint kind = BinaryPrimitives.ReadUInt32LittleEndian(headers);
            Segment segment = new(
                BinaryPrimitives.ReadUInt64LittleEndian(headers[8..]),
                BinaryPrimitives.ReadUInt64LittleEndian(headers[16..]),
                BinaryPrimitives.ReadUInt64LittleEndian(headers[32..])
            );
            if (kind == 1)
            {
                _segments.Add(segment);
            }
            else if (kind == 2)
            {
                dynamic = FileSlice(segment.Offset, segment.Size);
            }
        }

        ReadDynamic(dynamic);
    }

    private void ReadDynamic(ReadOnlySpan<byte> table)
    {
        for (; table.Length >= DynamicEntrySize; table = table[DynamicEntrySize..])
        {
            long tag = BinaryPrimitives.ReadInt64LittleEndian(table);
            ulong value = BinaryPrimitives.ReadUInt64LittleEndian(table[8..]);
            if (tag == Tag.End)
            {
                return;
            }

            if (tag == Tag.Needed)
            {
                _neededNames.Add(value);
            }
            else
            {
                _dynamic[tag] = value;
            }
        }

        throw Malformed("its dynamic table is missing or has no end");
    }

    private List<VersionNeed> ReadVersionNeeds()
    {
        List<VersionNeed> needs = [];
        ulong count = Dynamic(Tag.VersionNeedCount, 0);
        ulong library = count == 0 ? 0 : Required(Tag.VersionNeed);
        for (ulong i = 0; i < count; i++)
        {
            ReadOnlySpan<byte> entry = At(library, 16);
            string libraryName = Name(BinaryPrimitives.ReadUInt32LittleEndian(entry[4..]));
            ulong version = library + BinaryPrimitives.ReadUInt32LittleEndian(entry[8..]);
            for (int j = BinaryPrimitives.ReadUInt16LittleEndian(entry[2..]); j > 0; j--)
            {
                ReadOnlySpan<byte> need = At(version, 16);
                needs.Add(
                    new VersionNeed(
                        libraryName,
                        Name(BinaryPrimitives.ReadUInt32LittleEndian(need[8..])),
                        BinaryPrimitives.ReadUInt16LittleEndian(need[6..]),
                        BinaryPrimitives.ReadUInt16LittleEndian(need[4..]),
                        FileOffset(version, 16) + 4
                    )
                );
                if (needs.Count > MaxVersionNeeds)
                {
                    throw Malformed($"it asks for more than {MaxVersionNeeds} versions");
                }

                version += BinaryPrimitives.ReadUInt32LittleEndian(need[12..]);
            }

            uint next = BinaryPrimitives.ReadUInt32LittleEndian(entry[12..]);
            if (next == 0)
            {
                break;
            }

            library += next;
        }

        return needs;
    }

    private string Name(ulong offset)
    {
        ulong size = Required(Tag.StringsSize);
        if (offset >= size)
        {
            throw Malformed("a name lies outside its string table");
        }

        ReadOnlySpan<byte> rest = At(Required(Tag.Strings), size)[(int)offset..];
        int length = rest[..Math.Min(rest.Length, MaxNameLength)].IndexOf((byte)0);
        return length >= 0 ? Encoding.UTF8.GetString(rest[..length]) : throw Malformed("a name has no end");
    }

    private ulong Dynamic(long tag, ulong absent) => _dynamic.GetValueOrDefault(tag, absent);

    private ulong Required(long tag) =>
        _dynamic.TryGetValue(tag, out ulong value) ? value : throw Malformed($"its dynamic table lacks the tag {tag}");

    private ushort ReadUInt16(ulong address) => BinaryPrimitives.ReadUInt16LittleEndian(At(address, 2));

    private ReadOnlySpan<byte> At(ulong address, ulong size) => _bytes.AsSpan(FileOffset(address, size), (int)size);

    private int FileOffset(ulong address, ulong size)
    {
        foreach (Segment segment in _segments)
        {
            ulong inside = address - segment.Address;
            if (address >= segment.Address && inside <= segment.Size && size <= segment.Size - inside)
            {
                ulong offset = unchecked(segment.Offset + inside);
                if (offset >= inside)
                {
                    _ = FileSlice(offset, size);
                    return (int)offset;
                }
            }
        }

        throw Malformed($"no loaded segment holds the {size} bytes at address 0x{address:x}");
    }

    private ReadOnlySpan<byte> FileSlice(ulong offset, ulong size)
    {
        ulong length = (ulong)_bytes.Length;
        return offset <= length && size <= length - offset
            ? _bytes.AsSpan((int)offset, (int)size)
            : throw Malformed($"it ends before the {size} bytes at offset 0x{offset:x}");
    }

    private static InvalidDataException Malformed(string why) => new($"The library can't be read: {why}.");

    /// <summary>Tags of the dynamic table (<c>DT_*</c>).</summary>
    private static class Tag
    {
        public const long End = 0;
        public const long Needed = 1;
        public const long JumpRelocationsSize = 2;
        public const long Strings = 5;
        public const long Rela = 7;
        public const long RelaSize = 8;
        public const long StringsSize = 10;
        public const long Rel = 17;
        public const long PltRel = 20;
        public const long JumpRelocations = 23;
        public const long VersionSymbols = 0x6ffffff0;
        public const long VersionNeed = 0x6ffffffe;
        public const long VersionNeedCount = 0x6fffffff;
    }
}
