using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Unlearning.Host.Storage.Migrations
{
    /// <inheritdoc />
    public partial class Privacy : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<DateTime>(
                name: "DataErasedAt",
                table: "Runs",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<DateTime>(
                name: "TextAt",
                table: "Incidents",
                type: "TEXT",
                nullable: true);

            // When the text was said was not kept: no later than this.
            migrationBuilder.Sql("UPDATE Incidents SET TextAt = LastSeen");

            migrationBuilder.CreateTable(
                name: "RunIncidents",
                columns: table => new
                {
                    RunId = table.Column<string>(type: "TEXT", nullable: false),
                    IncidentId = table.Column<Guid>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_RunIncidents", x => new { x.RunId, x.IncidentId });
                    table.ForeignKey(
                        name: "FK_RunIncidents_Runs_RunId",
                        column: x => x.RunId,
                        principalTable: "Runs",
                        principalColumn: "RunId",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "IX_RunIncidents_IncidentId",
                table: "RunIncidents",
                column: "IncidentId");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "RunIncidents");

            migrationBuilder.DropColumn(
                name: "DataErasedAt",
                table: "Runs");

            migrationBuilder.DropColumn(
                name: "TextAt",
                table: "Incidents");
        }
    }
}
