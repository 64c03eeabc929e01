using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Data.Sqlite;

namespace FanIn.Lab;

/// <summary>
/// Results of trials on disk, each under the key of everything it depends on, kept as soon as it is done: a study that
/// was interrupted, or asked for again with more seeds, runs what is missing and no more.
/// </summary>
public sealed class TrialStore : IDisposable
{
    /// <summary>Part of every key: a change of how trials are run or drawn makes old results unfit.</summary>
    private const string Version = "5";

    /// <summary>Marks the file as ours: "FnIn" in ASCII.</summary>
    private const int ApplicationId = 0x466E496E;

    private readonly SqliteConnection _connection;
    private readonly Lock _lock = new();
    private readonly TimeProvider _time;

    private TrialStore(SqliteConnection connection, TimeProvider time) => (_connection, _time) = (connection, time);

    /// <summary>Opens or creates the store <c>trials.db</c> in a folder.</summary>
    /// <exception cref="StoreException">The folder can't be written to, or the file isn't a store.</exception>
    public static TrialStore Open(string folder, TimeProvider? time = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        string path = Path.Combine(folder, "trials.db");
        SqliteConnection? connection = null;
        try
        {
            Directory.CreateDirectory(folder);
            connection = new SqliteConnection(
                new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString()
            );
            connection.Open();
            Execute(connection, "PRAGMA busy_timeout = 10000");
            RequireOursOrEmpty(connection);
            // A write is tried at once: better to learn of a read-only folder now than after the first training.
            Execute(connection, $"PRAGMA application_id = {ApplicationId}");
            Execute(
                connection,
                "CREATE TABLE IF NOT EXISTS trials (key TEXT PRIMARY KEY, done TEXT NOT NULL, result BLOB NOT NULL)"
            );
            return new(connection, time ?? TimeProvider.System);
        }
        catch (Exception e)
            when (e is SqliteException or IOException or UnauthorizedAccessException or InvalidDataException)
        {
            connection?.Dispose();
            throw new StoreException(
                $"The output folder '{folder}' can't be written to or holds a file that isn't ours ({path}): {e.Message}",
                e
            );
        }
    }

    /// <summary>The key of a trial: a hash of all that its result depends on.</summary>
    internal static string Key(params ReadOnlySpan<string> parts)
    {
        var text = new StringBuilder(Version);
        foreach (string part in parts)
        {
            text.Append('\0').Append(part);
        }
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }

    /// <summary>The result stored under a key, or null. One that can't be read counts as missing.</summary>
    /// <exception cref="StoreException">The file was damaged since it was opened.</exception>
    internal TrialResult? Find(string key)
    {
        lock (_lock)
        {
            using SqliteCommand command = _connection.CreateCommand();
            command.CommandText = "SELECT result FROM trials WHERE key = $key";
            command.Parameters.AddWithValue("$key", key);
            try
            {
                return command.ExecuteScalar() is byte[] stored
                    ? JsonSerializer.Deserialize(stored, ResultJson.Default.TrialResult)
                    : null;
            }
            catch (JsonException)
            {
                return null;
            }
            catch (SqliteException e)
            {
                throw Failure("Results could not be read from", e);
            }
        }
    }

    /// <summary>Keeps a result.</summary>
    /// <exception cref="StoreException">The disk is full or gone.</exception>
    internal void Put(string key, TrialResult result)
    {
        byte[] stored = JsonSerializer.SerializeToUtf8Bytes(result, ResultJson.Default.TrialResult);
        lock (_lock)
        {
            using SqliteCommand command = _connection.CreateCommand();
            command.CommandText = "INSERT OR REPLACE INTO trials (key, done, result) VALUES ($key, $done, $result)";
            command.Parameters.AddWithValue("$key", key);
            command.Parameters.AddWithValue("$done", _time.GetUtcNow().ToString("O", CultureInfo.InvariantCulture));
            command.Parameters.AddWithValue("$result", stored);
            try
            {
                command.ExecuteNonQuery();
            }
            catch (SqliteException e)
            {
                throw Failure("A result could not be stored in", e);
            }
        }
    }

    /// <summary>Forgets all results.</summary>
    /// <exception cref="StoreException">The file was damaged or locked since it was opened.</exception>
    public void Clear()
    {
        lock (_lock)
        {
            try
            {
                Execute(_connection, "DELETE FROM trials");
            }
            catch (SqliteException e)
            {
                throw Failure("Results could not be removed from", e);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _connection.Dispose();

    private StoreException Failure(string what, SqliteException e) =>
        new($"{what} '{_connection.DataSource}': {e.Message}", e);

    /// <summary>Another program's database isn't touched. One statement, so that no other process comes in between.</summary>
    private static void RequireOursOrEmpty(SqliteConnection connection)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText =
            "SELECT (SELECT application_id FROM pragma_application_id), (SELECT count(*) FROM sqlite_master)";
        using SqliteDataReader row = command.ExecuteReader();
        row.Read();
        (long id, long tables) = (row.GetInt64(0), row.GetInt64(1));
        if (id != ApplicationId && (id != 0 || tables != 0))
        {
            throw new InvalidDataException("it is another program's database.");
        }
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
